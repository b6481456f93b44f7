/* SPDX-License-Identifier: Apache-2.0
 * frames QUIET_MS DESTINATION COUNT LENGTH SENDER RECEIVER...: sends frames from eth0 of the network namespace SENDER, and counts what
 * reaches eth0 of each RECEIVER until nothing has come for QUIET_MS. Prints one count a line, in the order given. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXPERIMENTAL 0x88b5 /* an EtherType that no protocol has */

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

/* A packet socket on eth0 of a namespace; the interface's own address goes to `mac`. */
static int open_in(const char *namespace, unsigned char *mac)
{
  int descriptor = open(namespace, O_RDONLY);
  if (descriptor < 0 || setns(descriptor, CLONE_NEWNET))
    fail(namespace);
  close(descriptor);
  int sock = socket(AF_PACKET, SOCK_RAW, htons(EXPERIMENTAL));
  struct ifreq request = {.ifr_name = "eth0"};
  if (sock < 0 || ioctl(sock, SIOCGIFHWADDR, &request))
    fail("eth0");
  memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(EXPERIMENTAL), .sll_ifindex = if_nametoindex("eth0")};
  if (bind(sock, (void *)&address, sizeof(address)))
    fail("bind");
  return sock;
}

int main(int argc, char **argv)
{
  if (argc < 6)
    return 2;
  int quiet_ms = atoi(argv[1]), count = atoi(argv[3]), length = atoi(argv[4]), receivers = argc - 6;
  struct pollfd *polls = calloc(receivers + 1, sizeof(*polls));
  unsigned *counts = calloc(receivers + 1, sizeof(*counts));
  unsigned char frame[2048] = {0}, buffer[2048], mac[ETH_ALEN];
  for (int i = 0; i < receivers; i++)
    polls[i] = (struct pollfd){.fd = open_in(argv[6 + i], mac), .events = POLLIN};
  int sender = open_in(argv[5], frame + ETH_ALEN);
  if (sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", frame, frame + 1, frame + 2, frame + 3, frame + 4, frame + 5) != 6)
    return 2;
  frame[12] = EXPERIMENTAL >> 8;
  frame[13] = EXPERIMENTAL & 255;
  for (int i = 0; i < count; i++)
    if (send(sender, frame, length, 0) != length)
      fail("send");
  while (poll(polls, receivers, quiet_ms) > 0)
    for (int i = 0; i < receivers; i++)
      if (polls[i].revents & POLLIN && recv(polls[i].fd, buffer, sizeof(buffer), 0) > 0)
        counts[i]++;
  for (int i = 0; i < receivers; i++)
    printf("%u\n", counts[i]);
  return 0;
}
