// SPDX-License-Identifier: Apache-2.0
// virtuoso-stun LOCAL PORT SERVER STATUS_FILE
// Holds UDP port PORT of the address LOCAL, and asks the STUN SERVER (IPV4:PORT) from it how the NATs on the way show that port. The
// answer is in STATUS_FILE, a line of JSON. That it goes on asking keeps the NATs from forgetting the port.
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "program.h"
#include "pump-file.h"
#include "stun-message.h"

enum { UNTIL_ANSWERED_MS = 500, ANSWERED_MS = 10000, PATIENCE = 6, DATAGRAM_MAX = 2048 };

struct client {
  int socket;
  struct endpoint server;
  const char *status;
  struct endpoint mapped; /* the latest answer; zeros before the first */
  bool is_answered;       /* the latest request */
  int unanswered;         /* requests since the last answer */
  char detail[WHY_SIZE];  /* why there is no answer; empty while nothing is wrong */
  uint8_t id[STUN_ID];    /* of the latest request */
};

static int bad_arguments(const char *problem) {
  fprintf(stderr, "virtuoso-stun: %s. Usage: virtuoso-stun LOCAL PORT SERVER_IPV4:PORT STATUS_FILE\n", problem);
  return EXIT_ARGUMENTS;
}

static int trouble(const char *what) {
  fprintf(stderr, "virtuoso-stun: %s: %s\n", what, strerror(errno));
  return EXIT_TROUBLE;
}

static struct sockaddr_in socket_address(struct endpoint endpoint) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(endpoint.port), .sin_addr.s_addr = htonl(endpoint.ipv4)};
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* `known`: the mapping is what the server says now; `asking`: the server does not answer, and the mapping is the last that it said. */
static void write_status(const struct client *client) {
  char line[512 + WHY_SIZE], address[ENDPOINT_TEXT] = "";
  const bool is_known = client->mapped.port != 0 && client->detail[0] == '\0';
  if (client->mapped.port != 0) ipv4_text(client->mapped.ipv4, address);
  const int length = snprintf(
      line, sizeof line,
      "{\"pid\":%ld,\"state\":\"%s\",\"publicAddress\":\"%s\",\"publicPort\":%u,\"detail\":\"%s\"}\n", (long)getpid(),
      is_known ? "known" : "asking", address, (unsigned)client->mapped.port, client->detail);
  if (!file_replace(client->status, line, (size_t)length)) trouble("cannot write the status");
}

static void set_detail(struct client *client, const char *detail) {
  if (strcmp(client->detail, detail) == 0) return;
  snprintf(client->detail, sizeof client->detail, "%s", detail);
  write_status(client);
}

/* Connected anew each time: a route to the server may come and go. To others the socket is deaf, they are VXLAN's. */
static void ask(struct client *client) {
  const struct sockaddr_in server = socket_address(client->server);
  uint8_t request[STUN_HEADER];
  client->is_answered = false;
  if (++client->unanswered > PATIENCE && client->detail[0] == '\0') set_detail(client, "it does not answer");
  if (getrandom(client->id, sizeof client->id, 0) != sizeof client->id) abort(); // so few bytes always come whole
  stun_request(request, client->id);
  if (connect(client->socket, (const struct sockaddr *)&server, sizeof server) < 0 ||
      send(client->socket, request, sizeof request, 0) < 0)
    set_detail(client, strerror(errno));
}

static void take(struct client *client, const uint8_t *bytes, size_t size) {
  struct stun_reading reading;
  char detail[WHY_SIZE];
  switch (stun_read(bytes, size, client->id, &reading)) {
    case STUN_MAPPED:
      client->is_answered = true;
      client->unanswered = 0;
      if (reading.mapped.ipv4 == client->mapped.ipv4 && reading.mapped.port == client->mapped.port) {
        set_detail(client, "");
        return;
      }
      client->mapped = reading.mapped;
      client->detail[0] = '\0';
      write_status(client);
      return;
    case STUN_REFUSED:
      why_set(detail, "it answers with error %u", reading.error);
      set_detail(client, detail);
      return;
    case STUN_MALFORMED:
      set_detail(client, "its answer is malformed");
      return;
    case STUN_FOREIGN:
      return; // late, or not for us
  }
}

static int run(struct client *client) {
  uint8_t bytes[DATAGRAM_MAX];
  for (;;) {
    ask(client);
    const int64_t asked_ms = now_ms();
    for (;;) {
      const int64_t left_ms = asked_ms + (client->is_answered ? ANSWERED_MS : UNTIL_ANSWERED_MS) - now_ms();
      if (left_ms <= 0) break;
      struct pollfd waited = {.fd = client->socket, .events = POLLIN};
      const int ready = poll(&waited, 1, (int)left_ms);
      if (ready < 0 && errno != EINTR) return trouble("cannot wait");
      if (ready <= 0) continue;
      const ssize_t size = recv(client->socket, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC);
      if (size > (ssize_t)sizeof bytes) continue; // no answer is so long
      if (size >= 0)
        take(client, bytes, (size_t)size);
      else if (errno != EAGAIN && errno != EINTR)
        set_detail(client, strerror(errno)); // what an ICMP message has said
    }
  }
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "--version") == 0) {
    puts("virtuoso-stun " PROGRAM_VERSION);
    return 0;
  }
  struct client client = {.status = count == 5 ? arguments[4] : NULL};
  struct endpoint local;
  unsigned long port;
  if (count != 5) return bad_arguments("four arguments are needed");
  if (!ipv4_parse(arguments[1], &local.ipv4)) return bad_arguments("LOCAL is an IPv4 address");
  if (!number_parse(arguments[2], 65535, &port) || port == 0) return bad_arguments("PORT is a number, 1 to 65535");
  if (!endpoint_parse(arguments[3], &client.server)) return bad_arguments("SERVER is IPV4:PORT");
  local.port = (uint16_t)port;
  const struct sockaddr_in address = socket_address(local);
  client.socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (client.socket < 0) return trouble("cannot open a socket");
  if (bind(client.socket, (const struct sockaddr *)&address, sizeof address) < 0) return trouble("cannot bind the port");
  write_status(&client);
  return run(&client);
}
