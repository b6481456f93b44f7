/* SPDX-License-Identifier: Apache-2.0
 * frames-in-time COUNT INTERVAL_NS BYTES SENDER RECEIVER: sends numbered frames at a steady rate from one device to another and tells, when none
 * has come for QUIET_MS, a line `NUMBER SENT_NS ARRIVED_NS` for each that came: since the epoch, arrivals by the kernel's clock. SENDER and
 * RECEIVER are NAMESPACE_PATH:DEVICE. Last a line `sent COUNT`. */
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
enum { QUIET_MS = 400, BUFFER = 256 << 20, MOST_BYTES = 1514, LEAST_BYTES = ETH_HLEN + 4, LATEST_NS = 500000000 };

static unsigned char frame[MOST_BYTES];
static int count, interval_ns, bytes, sending;
static int64_t *sent_ns, *arrived_ns;
static atomic_int sent, is_done;

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static int open_at(char *place, unsigned char *mac, int receives)
{
  char *device = strrchr(place, ':');
  if (!device)
    exit(2);
  *device++ = 0;
  int descriptor = open(place, O_RDONLY), on = 1, size = BUFFER;
  if (descriptor < 0 || setns(descriptor, CLONE_NEWNET))
    fail(place);
  close(descriptor);
  const int protocol = receives ? htons(EXPERIMENTAL) : 0;
  int sock = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = protocol, .sll_ifindex = if_nametoindex(device)};
  struct ifreq request = {0};
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  if (sock < 0 || ioctl(sock, SIOCGIFHWADDR, &request) || setsockopt(sock, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
      setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) || bind(sock, (void *)&address, sizeof(address)))
    fail(device);
  memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
  return sock;
}

static int64_t clock_ns(clockid_t clock)
{
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void *send_frames(void *nothing)
{
  prctl(PR_SET_TIMERSLACK, 1);
  int64_t next = clock_ns(CLOCK_MONOTONIC);
  for (int number = 0; number < count; number++, next += interval_ns) {
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    if (now - next > LATEST_NS)
      next = now;
    struct timespec until = {next / 1000000000, next % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    memcpy(frame + ETH_HLEN, &number, sizeof(number));
    sent_ns[number] = clock_ns(CLOCK_REALTIME);
    if (send(sending, frame, bytes, 0) != bytes && errno != ENOBUFS && errno != EAGAIN)
      fail("send");
    sent++;
  }
  is_done = 1;
  return nothing;
}

/* Whether there was a frame. */
static int receive_one(int sock)
{
  unsigned char buffer[MOST_BYTES], control[256];
  struct iovec part = {.iov_base = buffer, .iov_len = sizeof(buffer)};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  if (recvmsg(sock, &message, MSG_DONTWAIT) < LEAST_BYTES)
    return 0;
  struct cmsghdr *stamp = CMSG_FIRSTHDR(&message);
  struct timespec at;
  int number;
  if (!stamp || stamp->cmsg_type != SCM_TIMESTAMPNS)
    exit(3);
  memcpy(&at, CMSG_DATA(stamp), sizeof(at));
  memcpy(&number, buffer + ETH_HLEN, sizeof(number));
  if (number >= 0 && number < count)
    arrived_ns[number] = at.tv_sec * 1000000000ll + at.tv_nsec;
  return 1;
}

int main(int argc, char **argv)
{
  if (argc != 6 || (count = atoi(argv[1])) < 1 || (bytes = atoi(argv[3])) < LEAST_BYTES || bytes > MOST_BYTES)
    return 2;
  interval_ns = atoi(argv[2]);
  int receiving = open_at(argv[5], frame, 1);
  sending = open_at(argv[4], frame + ETH_ALEN, 0);
  frame[12] = EXPERIMENTAL >> 8;
  frame[13] = EXPERIMENTAL & 255;
  sent_ns = calloc(count, sizeof(*sent_ns));
  arrived_ns = calloc(count, sizeof(*arrived_ns));
  pthread_t sender;
  /* Without it a busy machine would decide at which rate frames are sent, and which are missed. Threads have it from here. */
  const struct sched_param prompt = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_FIFO, &prompt))
    fail("SCHED_FIFO");
  if (!sent_ns || !arrived_ns || pthread_create(&sender, NULL, send_frames, NULL))
    fail("pthread_create");
  struct pollfd wait = {.fd = receiving, .events = POLLIN};
  for (int was_done = 0; poll(&wait, 1, QUIET_MS) > 0 || !was_done; was_done = is_done)
    while (receive_one(receiving))
      continue;
  for (int number = 0; number < count; number++)
    if (arrived_ns[number])
      printf("%d %lld %lld\n", number, (long long)sent_ns[number], (long long)arrived_ns[number]);
  printf("sent %d\n", sent);
  return 0;
}
