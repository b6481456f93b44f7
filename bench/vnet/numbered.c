/* SPDX-License-Identifier: Apache-2.0
 * numbered FRAMES_A_SECOND DESTINATION SENDER RECEIVER: sends numbered frames of 60 bytes from eth0 of the network namespace SENDER at a
 * steady rate, and counts what reaches eth0 of RECEIVER, until standard input ends. Prints how many frames were sent, how many of
 * them never came, how many came again, and how many the receiving socket had no room for (which are among those that never came). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EXPERIMENTAL 0x88b6
#define MOST_FRAMES (64u << 20)
#define RECEIVE_BUFFER (64 << 20)
#define QUIET_MS 300
#define LATEST_NS 1000000 /* what was not sent for longer than this is not sent at once later: the rate is steady */

static atomic_uint sent;
static atomic_int stopping;
static int interval_ns;
static unsigned char frame[60];

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static int open_in(const char *namespace, unsigned char *mac, int receives)
{
  int descriptor = open(namespace, O_RDONLY);
  if (descriptor < 0 || setns(descriptor, CLONE_NEWNET))
    fail(namespace);
  close(descriptor);
  int sock = socket(AF_PACKET, SOCK_RAW, receives ? htons(EXPERIMENTAL) : 0), size = RECEIVE_BUFFER;
  struct ifreq request = {.ifr_name = "eth0"};
  if (sock < 0 || ioctl(sock, SIOCGIFHWADDR, &request))
    fail("eth0");
  memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = receives ? htons(EXPERIMENTAL) : 0, .sll_ifindex = if_nametoindex("eth0")};
  if (bind(sock, (void *)&address, sizeof(address)))
    fail("bind");
  if (receives && setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
    fail("SO_RCVBUFFORCE");
  return sock;
}

static int64_t now_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void *send_frames(void *argument)
{
  int sock = *(int *)argument;
  prctl(PR_SET_TIMERSLACK, 1000);
  for (int64_t next = now_ns(); !stopping && sent < MOST_FRAMES; next += interval_ns) {
    int64_t now = now_ns();
    if (now - next > LATEST_NS)
      next = now;
    struct timespec until = {next / 1000000000, next % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    uint32_t number = sent;
    memcpy(frame + ETH_HLEN, &number, sizeof(number));
    if (send(sock, frame, sizeof(frame), 0) == sizeof(frame))
      sent++;
    else if (errno != ENOBUFS && errno != EAGAIN)
      fail("send");
  }
  return NULL;
}

/* Copies of each frame that have come, until nothing has for QUIET_MS after the sender ended. */
static void receive_frames(int sock, uint8_t *copies, pthread_t sender)
{
  struct pollfd waits[] = {{.fd = sock, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  for (;;) {
    int ready = poll(waits, stopping ? 1 : 2, QUIET_MS);
    if (stopping && ready == 0)
      return;
    if (!stopping && waits[1].revents) {
      stopping = 1;
      pthread_join(sender, NULL);
    }
    unsigned char buffer[2048];
    uint32_t number;
    while (recv(sock, buffer, sizeof(buffer), MSG_DONTWAIT) >= (ssize_t)(ETH_HLEN + sizeof(number))) {
      memcpy(&number, buffer + ETH_HLEN, sizeof(number));
      if (number < MOST_FRAMES && copies[number] < UINT8_MAX)
        copies[number]++;
    }
  }
}

int main(int argc, char **argv)
{
  unsigned char mac[ETH_ALEN];
  if (argc != 5 || atoi(argv[1]) < 1)
    return 2;
  interval_ns = 1000000000 / atoi(argv[1]);
  int receiving = open_in(argv[4], mac, 1), sending = open_in(argv[3], frame + ETH_ALEN, 0);
  if (sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", frame, frame + 1, frame + 2, frame + 3, frame + 4, frame + 5) != 6)
    return 2;
  frame[12] = EXPERIMENTAL >> 8;
  frame[13] = EXPERIMENTAL & 255;
  uint8_t *copies = calloc(MOST_FRAMES, 1);
  pthread_t sender = 0;
  if (!copies || pthread_create(&sender, NULL, send_frames, &sending))
    fail("pthread_create");
  receive_frames(receiving, copies, sender);
  uint32_t lost = 0, again = 0;
  for (uint32_t i = 0; i < sent; i++) {
    lost += copies[i] == 0;
    again += copies[i] > 1 ? copies[i] - 1 : 0;
  }
  struct tpacket_stats stats = {0};
  socklen_t length = sizeof(stats);
  getsockopt(receiving, SOL_PACKET, PACKET_STATISTICS, &stats, &length);
  printf("%u %u %u %u\n", sent, lost, again, stats.tp_drops);
  return 0;
}
