/* SPDX-License-Identifier: Apache-2.0
 * packet-census DEVICE STREAM_PORT: looks at every packet of a device until SIGTERM, and prints then how many of each kind left by it and
 * how many came, a line `KIND SENT RECEIVED` each, and last how many it missed. Offloaded packets have been cut when they leave by a TAP:
 *   tunnelled-tcp, tunnelled-arp, keep-alive, tunnelled-other (in VXLAN), stream (TCP from or to STREAM_PORT), arp, other, missed */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vnet.h"

enum { VXLAN_PORT = 4789, VXLAN_BYTES = 8, UDP_BYTES = 8, SNAPSHOT = 256, BUFFER = 64 << 20 };
enum kind { TUNNELLED_TCP, TUNNELLED_ARP, KEEP_ALIVE, TUNNELLED_OTHER, STREAM, ARP, OTHER, KINDS };

static const char *const kinds[] = {"tunnelled-tcp", "tunnelled-arp", "keep-alive", "tunnelled-other", "stream", "arp", "other"};
static uint64_t counts[KINDS][2];
static volatile sig_atomic_t is_over;

static void end(int signal)
{
  (void)signal;
  is_over = 1;
}

static unsigned be16(const unsigned char *at)
{
  return at[0] << 8 | at[1];
}

static enum kind tunnelled(const unsigned char *frame, const unsigned char *end)
{
  if (end - frame < ETH_HLEN + 20)
    return TUNNELLED_OTHER;
  switch (be16(frame + 12)) {
  case PULSE_ETHERTYPE:
    return KEEP_ALIVE;
  case ETHERTYPE_ARP:
    return TUNNELLED_ARP;
  case ETHERTYPE_IP:
    return frame[ETH_HLEN + 9] == IPPROTO_TCP ? TUNNELLED_TCP : TUNNELLED_OTHER;
  default:
    return TUNNELLED_OTHER;
  }
}

static enum kind kind_of(const unsigned char *frame, const unsigned char *end, unsigned stream_port)
{
  if (end - frame < ETH_HLEN + 20)
    return OTHER;
  if (be16(frame + 12) == ETHERTYPE_ARP)
    return ARP;
  const unsigned char *packet = frame + ETH_HLEN, *segment = packet + (packet[0] & 15) * 4;
  if (be16(frame + 12) != ETHERTYPE_IP || end - segment < UDP_BYTES)
    return OTHER;
  if (packet[9] == IPPROTO_TCP)
    return be16(segment) == stream_port || be16(segment + 2) == stream_port ? STREAM : OTHER;
  if (packet[9] == IPPROTO_UDP && be16(segment + 2) == VXLAN_PORT)
    return tunnelled(segment + UDP_BYTES + VXLAN_BYTES, end);
  return OTHER;
}

static void look(int sock, unsigned stream_port)
{
  unsigned char frame[SNAPSHOT];
  struct sockaddr_ll from;
  for (;;) {
    socklen_t length = sizeof(from);
    ssize_t bytes = recvfrom(sock, frame, sizeof(frame), MSG_DONTWAIT, (void *)&from, &length);
    if (bytes < 0)
      return;
    counts[kind_of(frame, frame + bytes, stream_port)][from.sll_pkttype != PACKET_OUTGOING]++;
  }
}

int main(int argc, char **argv)
{
  if (argc != 3)
    return 2;
  int sock = socket(AF_PACKET, SOCK_RAW, 0), bytes = BUFFER;
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(argv[1])};
  if (sock < 0 || address.sll_ifindex == 0 || setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ||
      bind(sock, (void *)&address, sizeof(address))) {
    perror(argv[1]);
    return 1;
  }
  signal(SIGTERM, end);
  puts("ready");
  fflush(stdout);
  struct pollfd wait = {.fd = sock, .events = POLLIN};
  while (!is_over) {
    poll(&wait, 1, 100); /* at most as long as a signal may take to be seen */
    look(sock, atoi(argv[2]));
  }
  for (int kind = 0; kind < KINDS; kind++)
    printf("%s %llu %llu\n", kinds[kind], (unsigned long long)counts[kind][0], (unsigned long long)counts[kind][1]);
  struct tpacket_stats missed = {0};
  socklen_t length = sizeof(missed);
  getsockopt(sock, SOL_PACKET, PACKET_STATISTICS, &missed, &length);
  printf("missed %u 0\n", missed.tp_drops);
  return 0;
}
