/* SPDX-License-Identifier: Apache-2.0
 * messages serve PORT: takes whole messages on one connection after the other, and answers each with its length.
 * messages send ADDRESS PORT SECONDS PAUSE_MS LEAST_BYTES MOST_BYTES CONGESTION_CONTROL SEED [PACE_MBPS]: for so long pauses (exponential,
 * at most five times the mean) and sends a message (sizes log-uniform), each when the one before was answered.
 *
 * The sender prints a line for each message when it was answered, and a last one of zeros and counters:
 *   BEGUN_US DURATION_US BYTES DELIVERY_BYTES_PER_S IS_APPLICATION_LIMITED SEGMENTS_OUT SEGMENTS_IN
 * BEGUN_US is since the epoch; the last four are TCP_INFO's. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST = 64 << 20, PIECE = 1 << 20, CONNECT_TRIES = 50, CONNECT_PAUSE_US = 50000, QUIET_US = 300000, HOLD_US = 1000000 };

static unsigned char piece[PIECE];

struct pattern {
  double seconds, pause_ms, least_bytes, most_bytes;
};

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static uint64_t now_us(void)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

/* Whether all has come; not if the peer has closed. */
static int receive(int sock, void *buffer, size_t bytes)
{
  for (size_t got = 0; got < bytes;) {
    ssize_t count = read(sock, (char *)buffer + got, bytes - got);
    if (count <= 0)
      return 0;
    got += count;
  }
  return 1;
}

static void send_all(int sock, uint64_t bytes)
{
  memcpy(piece, &bytes, sizeof(bytes));
  while (bytes > 0) {
    ssize_t count = write(sock, piece, bytes < PIECE ? bytes : PIECE);
    if (count < 0)
      fail("write");
    bytes -= count;
  }
}

static void answer(int sock)
{
  uint64_t bytes;
  while (receive(sock, &bytes, sizeof(bytes))) {
    if (bytes < sizeof(bytes) || bytes > LARGEST)
      return;
    for (uint64_t left = bytes - sizeof(bytes); left > 0;) {
      ssize_t count = read(sock, piece, left < PIECE ? left : PIECE);
      if (count <= 0)
        return;
      left -= count;
    }
    if (write(sock, &bytes, sizeof(bytes)) != sizeof(bytes))
      return;
  }
}

static int serve(int port)
{
  int on = 1, listening = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (listening < 0 || setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
      bind(listening, (void *)&address, sizeof(address)) || listen(listening, 8))
    fail("listen");
  for (;;) {
    int sock = accept(listening, NULL, NULL);
    if (sock < 0)
      fail("accept");
    setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    answer(sock);
    close(sock);
  }
}

static int connected(const char *address, int port, const char *congestion)
{
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (!inet_aton(address, &to.sin_addr))
    exit(2);
  for (int attempt = 0; attempt < CONNECT_TRIES; attempt++) {
    int on = 1, sock = socket(AF_INET, SOCK_STREAM, 0);
    if (sock < 0 || setsockopt(sock, IPPROTO_TCP, TCP_CONGESTION, congestion, strlen(congestion)) ||
        setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
      fail(congestion);
    if (connect(sock, (void *)&to, sizeof(to)) == 0)
      return sock;
    close(sock);
    usleep(CONNECT_PAUSE_US);
  }
  fail(address);
  return -1;
}

static void tell(int sock, uint64_t begun_us, uint64_t duration_us, uint64_t bytes)
{
  struct tcp_info info = {0};
  socklen_t length = sizeof(info);
  if (getsockopt(sock, IPPROTO_TCP, TCP_INFO, &info, &length))
    fail("TCP_INFO");
  printf("%llu %llu %llu %llu %d %u %u\n", (unsigned long long)begun_us, (unsigned long long)duration_us, (unsigned long long)bytes,
         (unsigned long long)info.tcpi_delivery_rate, info.tcpi_delivery_rate_app_limited, info.tcpi_segs_out, info.tcpi_segs_in);
  fflush(stdout);
}

static void pause_ms(double mean_ms)
{
  double ms = fmin(-log(1 - drand48()) * mean_ms, 5 * mean_ms);
  struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = fmod(ms, 1000) * 1e6};
  nanosleep(&wait, NULL);
}

static int send_messages(int sock, const struct pattern *pattern)
{
  uint64_t end_us = now_us() + pattern->seconds * 1e6;
  for (;;) {
    pause_ms(pattern->pause_ms);
    uint64_t bytes = pattern->least_bytes * exp(drand48() * log(pattern->most_bytes / pattern->least_bytes)), answered;
    uint64_t begun_us = now_us();
    if (begun_us >= end_us)
      break;
    send_all(sock, bytes);
    if (!receive(sock, &answered, sizeof(answered)) || answered != bytes) {
      fprintf(stderr, "a message of %llu bytes was not answered\n", (unsigned long long)bytes);
      return 1;
    }
    tell(sock, begun_us, now_us() - begun_us, bytes);
  }
  usleep(QUIET_US); /* acknowledgements that were put off are counted too */
  tell(sock, 0, 0, 0);
  usleep(HOLD_US); /* so that who counts packets can end before the connection does */
  return 0;
}

int main(int argc, char **argv)
{
  if (argc == 3 && !strcmp(argv[1], "serve"))
    return serve(atoi(argv[2]));
  if (argc != 10 || strcmp(argv[1], "send"))
    return 2;
  struct pattern pattern = {.seconds = atof(argv[4]), .pause_ms = atof(argv[5]), .least_bytes = atof(argv[6]), .most_bytes = atof(argv[7])};
  if (pattern.least_bytes < sizeof(uint64_t) || pattern.most_bytes < pattern.least_bytes || pattern.most_bytes > LARGEST)
    return 2;
  srand48(atol(argv[9]));
  return send_messages(connected(argv[2], atoi(argv[3]), argv[8]), &pattern);
}
