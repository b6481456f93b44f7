/* SPDX-License-Identifier: Apache-2.0
 * frames QUIET_MS PERIOD_US PORT...: sends frames from ports and tells where they arrive. A PORT is NAMESPACE_PATH:DEVICE.
 *
 * Standard input: a line `PORT DESTINATION SOURCE LENGTH` for each frame, PORT counted from 0; as SOURCE `-` is the port's own. If the list ends with the input, each
 * frame is sent once; if it ends with an empty line, all are sent again and again, one each PERIOD_US, until the input ends.
 * Standard output, when nothing has come for QUIET_MS: a line `FRAME PORT` for each arrival; frames are numbered from 0 as they are
 * sent. Last a line `sent COUNT`. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EXPERIMENTAL 0x88b5 /* an EtherType that no protocol has */
#define MAX_LENGTH 9216
#define MIN_LENGTH (ETH_HLEN + 4)
/* Frames sent before arrivals are read: fewer than a queue of the kernel holds. */
#define BURST 32

struct frame {
  int port, length;
  unsigned char header[ETH_HLEN];
};

static struct pollfd *ports;
static unsigned char (*own)[ETH_ALEN];
static int port_count;

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static int open_port(char *port, unsigned char *mac)
{
  char *device = strrchr(port, ':');
  if (!device)
    exit(2);
  *device++ = 0;
  int descriptor = open(port, O_RDONLY);
  if (descriptor < 0 || setns(descriptor, CLONE_NEWNET))
    fail(port);
  close(descriptor);
  int sock = socket(AF_PACKET, SOCK_RAW, 0), bytes = 64 << 20;
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(EXPERIMENTAL), .sll_ifindex = if_nametoindex(device)};
  if (sock < 0 || setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) || bind(sock, (void *)&address, sizeof(address)))
    fail(device);
  /* A bridge passes up what is for others only to those who want everything. */
  struct packet_mreq everything = {.mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
  if (setsockopt(sock, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &everything, sizeof(everything)))
    fail(device);
  struct ifreq request = {0};
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  if (ioctl(sock, SIOCGIFHWADDR, &request))
    fail(device);
  memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
  return sock;
}

static int read_address(const char *text, unsigned char *to)
{
  return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", to, to + 1, to + 2, to + 3, to + 4, to + 5) == 6;
}

/* The list; `again` tells whether it ended with an empty line. */
static struct frame *read_list(int *count, int *again)
{
  struct frame *list = NULL;
  char line[128], destination[32], source[32];
  *count = *again = 0;
  while (fgets(line, sizeof(line), stdin)) {
    if (line[0] == '\n') {
      *again = 1;
      break;
    }
    list = realloc(list, (*count + 1) * sizeof(*list));
    struct frame *frame = &list[(*count)++];
    if (!list || sscanf(line, "%d %31s %31s %d", &frame->port, destination, source, &frame->length) != 4 || frame->port < 0 ||
        frame->port >= port_count || frame->length < MIN_LENGTH || frame->length > MAX_LENGTH || !read_address(destination, frame->header) ||
        (strcmp(source, "-") && !read_address(source, frame->header + ETH_ALEN))) {
      fprintf(stderr, "not a frame: %s", line);
      exit(2);
    }
    if (!strcmp(source, "-"))
      memcpy(frame->header + ETH_ALEN, own[frame->port], ETH_ALEN);
    frame->header[12] = EXPERIMENTAL >> 8;
    frame->header[13] = EXPERIMENTAL & 255;
  }
  return list;
}

static void send_frame(const struct frame *frame, uint32_t number)
{
  static unsigned char buffer[MAX_LENGTH];
  memcpy(buffer, frame->header, ETH_HLEN);
  memcpy(buffer + ETH_HLEN, &number, sizeof(number));
  if (send(ports[frame->port].fd, buffer, frame->length, 0) != frame->length)
    fail("send");
}

/* Tells all arrivals until none has come for a time. */
static void receive(const struct timespec *wait)
{
  unsigned char buffer[MAX_LENGTH];
  while (ppoll(ports, port_count, wait, NULL) > 0) {
    for (int port = 0; port < port_count; port++)
      while (ports[port].revents & POLLIN) {
        ssize_t length = recv(ports[port].fd, buffer, sizeof(buffer), MSG_DONTWAIT);
        uint32_t number;
        if (length < 0)
          break;
        if (length < MIN_LENGTH)
          continue;
        memcpy(&number, buffer + ETH_HLEN, sizeof(number));
        printf("%u %d\n", number, port);
      }
  }
}

/* Whether standard input has ended. */
static int is_over(void)
{
  struct pollfd input = {.fd = 0, .events = POLLIN};
  char byte;
  return poll(&input, 1, 0) > 0 && read(0, &byte, 1) <= 0;
}

int main(int argc, char **argv)
{
  if (argc < 4)
    return 2;
  const struct timespec now = {0}, quiet = {.tv_sec = atoi(argv[1]) / 1000, .tv_nsec = atoi(argv[1]) % 1000 * 1000000L};
  struct timespec next;
  long period_us = atol(argv[2]);
  int count, again;
  port_count = argc - 3;
  ports = calloc(port_count, sizeof(*ports));
  own = calloc(port_count, sizeof(*own));
  for (int port = 0; port < port_count; port++)
    ports[port] = (struct pollfd){.fd = open_port(argv[3 + port], own[port]), .events = POLLIN};
  struct frame *list = read_list(&count, &again);
  uint32_t sent = 0;
  clock_gettime(CLOCK_MONOTONIC, &next);
  while (count > 0 && (again ? !is_over() : sent < (uint32_t)count)) {
    send_frame(&list[sent % count], sent);
    sent++;
    if (again) {
      next.tv_nsec += period_us * 1000;
      next.tv_sec += next.tv_nsec / 1000000000;
      next.tv_nsec %= 1000000000;
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    if (sent % BURST == 0)
      receive(&now);
  }
  receive(&quiet);
  printf("sent %u\n", sent);
  return 0;
}
