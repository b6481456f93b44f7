// SPDX-License-Identifier: Apache-2.0
#include "pump-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "pump-wait.h"

enum {
  BACKLOG = 64,
  UNIX_BUFFER_BYTES = 1 << 20,
  UNSENT_BYTES = 128 * 1024, /* that wait in the kernel: what waits longer there delays keep-alives on slow links */
};

union place {
  struct sockaddr any;
  struct sockaddr_in inet;
  struct sockaddr_un local;
};

static socklen_t place_of(const struct address *address, union place *place) {
  *place = (union place){.local = {0}};
  if (address->is_unix) {
    place->local.sun_family = AF_UNIX;
    memcpy(place->local.sun_path, address->path, sizeof address->path);
    return sizeof place->local;
  }
  place->inet.sin_family = AF_INET;
  place->inet.sin_port = htons(address->endpoint.port);
  place->inet.sin_addr.s_addr = htonl(address->endpoint.ipv4);
  return sizeof place->inet;
}

/* Options only change how well it works, not whether. */
static void tune(int socket, bool is_unix, unsigned long idle_ms) {
  if (is_unix) {
    const int bytes = UNIX_BUFFER_BYTES;
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    return;
  }
  const int on = 1;
  const unsigned timeout_ms = (unsigned)idle_ms, unsent = UNSENT_BYTES;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
  setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

static bool socket_fail(int socket, const char *what, const struct address *address, char why[WHY_SIZE]) {
  char text[ENDPOINT_TEXT];
  const int error = errno;
  address_text(address, text);
  why_set(why, "%s %s: %s", what, text, strerror(error));
  if (socket >= 0) close(socket);
  return false;
}

static bool bind_source(int socket, uint32_t bind_to, char why[WHY_SIZE]) {
  const struct address address = {.endpoint = {.ipv4 = bind_to}};
  union place place;
  const socklen_t length = place_of(&address, &place);
  const int on = 1;
  // The port is chosen with the destination, so that many connections can share it.
  setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  return bind(socket, &place.any, length) == 0 || socket_fail(socket, "cannot connect from", &address, why);
}

static bool await_connect(int socket, int64_t deadline_ms) {
  int error = 0;
  socklen_t length = sizeof error;
  if (!wait_for(socket, POLLOUT, deadline_ms)) return false;
  if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return false;
  errno = error;
  return error == 0;
}

int socket_connect(const struct address *address, uint32_t bind_to, unsigned long idle_ms, int64_t deadline_ms, char why[WHY_SIZE]) {
  union place place;
  const socklen_t length = place_of(address, &place);
  const int each = socket(place.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (each < 0) {
    socket_fail(each, "cannot connect to", address, why);
    return -1;
  }
  tune(each, address->is_unix, idle_ms);
  if (bind_to != 0 && !bind_source(each, bind_to, why)) return -1;
  if (connect(each, &place.any, length) == 0) return each;
  if (errno == EINPROGRESS && await_connect(each, deadline_ms)) return each;
  socket_fail(each, "cannot connect to", address, why);
  return -1;
}

/* A socket's file stays when its process ends; it can go if nobody listens any more. */
static void remove_stale(const union place *place, socklen_t length) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connect(probe, &place->any, length) != 0 && errno == ECONNREFUSED) unlink(place->local.sun_path);
  close(probe);
}

int socket_listen(const struct address *address, uint32_t bind_to, char why[WHY_SIZE]) {
  struct address where = *address;
  union place place;
  if (bind_to != 0) where.endpoint.ipv4 = bind_to;
  const socklen_t length = place_of(&where, &place);
  const int each = socket(place.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  if (each >= 0 && where.is_unix) remove_stale(&place, length);
  if (each >= 0 && setsockopt(each, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(each, &place.any, length) == 0 &&
      listen(each, BACKLOG) == 0)
    return each;
  socket_fail(each, "cannot listen at", &where, why);
  return -1;
}

int socket_accept(int listening, bool is_unix, unsigned long idle_ms, uint32_t *source) {
  union place place = {.local = {0}};
  socklen_t length = sizeof place;
  const int each = accept4(listening, &place.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (each < 0) return -1;
  tune(each, is_unix, idle_ms);
  *source = is_unix ? 0 : ntohl(place.inet.sin_addr.s_addr);
  return each;
}
