/* SPDX-License-Identifier: Apache-2.0
 * probe PROTOCOL ADDRESS BYTES: sends one packet of BYTES bytes, headers of IP included, that may not be fragmented. PROTOCOL is udp, to a
 * port where nobody listens, which a host that gets it says, or icmp, an echo request. Prints what came back within a second, `delivered`,
 * `too-big` or `nothing`, and the path MTU that this host then believes in. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PORT 9
#define WAIT_MS 1000
#define LARGEST 9000

static void fail(const char *what)
{
  perror(what);
  exit(1);
}

static unsigned short checksum(const unsigned char *bytes, int length)
{
  unsigned sum = 0;
  for (int i = 0; i < length; i++)
    sum += i & 1 ? bytes[i] : bytes[i] << 8;
  while (sum >> 16)
    sum = (sum & 0xffff) + (sum >> 16);
  return htons(~sum);
}

static int open_to(const char *address, int icmp)
{
  struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(icmp ? 0 : PORT)};
  struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(icmp ? 0 : PORT)};
  int ipv6 = strchr(address, ':') != NULL, never = ipv6 ? IPV6_PMTUDISC_DO : IP_PMTUDISC_DO;
  if (inet_pton(ipv6 ? AF_INET6 : AF_INET, address, ipv6 ? (void *)&to6.sin6_addr : (void *)&to4.sin_addr) != 1)
    exit(2);
  int protocol = ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
  int sock = socket(ipv6 ? AF_INET6 : AF_INET, icmp ? SOCK_RAW : SOCK_DGRAM, icmp ? protocol : 0);
  int set = ipv6 ? setsockopt(sock, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &never, sizeof(never))
                 : setsockopt(sock, IPPROTO_IP, IP_MTU_DISCOVER, &never, sizeof(never));
  if (sock < 0 || set || connect(sock, ipv6 ? (void *)&to6 : (void *)&to4, ipv6 ? sizeof(to6) : sizeof(to4)))
    fail(address);
  return sock;
}

/* A raw socket hears of its own kind all that reaches the host; IPv4 with the IP header before it. */
static int is_echo_reply(const unsigned char *packet, int length, int ipv6)
{
  if (ipv6)
    return length > 0 && packet[0] == ICMP6_ECHO_REPLY;
  return length > 20 && packet[(packet[0] & 15) * 4] == ICMP_ECHOREPLY;
}

int main(int argc, char **argv)
{
  if (argc != 4)
    return 2;
  static unsigned char packet[LARGEST], answer[LARGEST];
  int icmp = !strcmp(argv[1], "icmp"), ipv6 = strchr(argv[2], ':') != NULL;
  int length = atoi(argv[3]) - (ipv6 ? 40 : 20) - (icmp ? 0 : 8);
  if (length < 8 || length > LARGEST)
    return 2;
  int sock = open_to(argv[2], icmp);
  if (icmp) {
    packet[0] = ipv6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
    unsigned short sum = ipv6 ? 0 : checksum(packet, length);
    memcpy(packet + 2, &sum, sizeof(sum));
  }
  const char *outcome = "nothing";
  int error = send(sock, packet, length, 0) < 0 ? errno : 0;
  struct pollfd ready = {.fd = sock, .events = POLLIN};
  while (!error && poll(&ready, 1, WAIT_MS) > 0) {
    int got = recv(sock, answer, sizeof(answer), 0);
    error = got < 0 ? errno : is_echo_reply(answer, got, ipv6) ? ECONNREFUSED : 0;
  }
  if (error == EMSGSIZE)
    outcome = "too-big";
  else if (error == ECONNREFUSED)
    outcome = "delivered";
  else if (error)
    outcome = strerror(error);
  int mtu = 0;
  socklen_t size = sizeof(mtu);
  if (getsockopt(sock, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_MTU : IP_MTU, &mtu, &size))
    fail("mtu");
  printf("%s %d\n", outcome, mtu);
  return 0;
}
