/* SPDX-License-Identifier: Apache-2.0
 * echo ADDRESS COUNT TIMEOUT_MS: sends COUNT ICMP echo requests, each when the one before was answered or TIMEOUT_MS had passed.
 * Prints the median round trip in ns, and how many were not answered. The far end answers within its kernel, so that no wake-up of
 * a process there is measured. */
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PAYLOAD 56

static uint64_t now_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static uint16_t checksum(const uint16_t *words, int bytes)
{
  uint32_t sum = 0;
  for (int i = 0; i < bytes / 2; i++)
    sum += words[i];
  sum = (sum >> 16) + (sum & 0xffff);
  return ~(sum + (sum >> 16));
}

static int by_size(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Whether the answer to `sequence` came in time. */
static int answered(int sock, uint16_t id, uint16_t sequence, uint64_t deadline_ns)
{
  union {
    char bytes[2048];
    uint16_t aligned;
  } packet;
  for (;;) {
    uint64_t now = now_ns();
    struct pollfd wait = {.fd = sock, .events = POLLIN};
    if (now >= deadline_ns || poll(&wait, 1, (deadline_ns - now) / 1000000 + 1) <= 0)
      return 0;
    ssize_t length = recv(sock, packet.bytes, sizeof(packet), 0);
    int header = (packet.bytes[0] & 15) * 4;
    if (length < header + (int)sizeof(struct icmphdr))
      continue;
    struct icmphdr *icmp = (void *)(packet.bytes + header);
    if (icmp->type == ICMP_ECHOREPLY && icmp->un.echo.id == id && icmp->un.echo.sequence == sequence)
      return 1;
  }
}

int main(int argc, char **argv)
{
  struct sockaddr_in to = {.sin_family = AF_INET};
  if (argc != 4 || !inet_aton(argv[1], &to.sin_addr) || atoi(argv[2]) < 1)
    return 2;
  int count = atoi(argv[2]), timeout_ms = atoi(argv[3]), heard = 0;
  uint64_t *times = calloc(count, sizeof(*times));
  int sock = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  if (sock < 0 || connect(sock, (void *)&to, sizeof(to))) {
    perror(argv[1]);
    return 1;
  }
  for (int i = 0; i < count; i++) {
    union {
      struct icmphdr icmp;
      uint16_t words[(sizeof(struct icmphdr) + PAYLOAD) / 2];
    } request = {.icmp = {.type = ICMP_ECHO}};
    request.icmp.un.echo.id = htons(getpid() & 0xffff);
    request.icmp.un.echo.sequence = htons(i & 0xffff);
    request.icmp.checksum = checksum(request.words, sizeof(request));
    uint64_t sent = now_ns();
    if (send(sock, &request, sizeof(request), 0) < 0)
      continue;
    if (answered(sock, request.icmp.un.echo.id, request.icmp.un.echo.sequence, sent + timeout_ms * 1000000ull))
      times[heard++] = now_ns() - sent;
  }
  qsort(times, heard, sizeof(*times), by_size);
  printf("%llu %d\n", heard ? (unsigned long long)times[heard / 2] : 0ull, count - heard);
  return 0;
}
