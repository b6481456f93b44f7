/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The ICMP error from which the sender of a packet that is too big learns the MTU (RFC 1191, RFC 8201). */
#ifndef VIRTUOSO_SIZE_ERROR_BPF_H
#define VIRTUOSO_SIZE_ERROR_BPF_H

#include "ip.bpf.h"
#include <linux/pkt_cls.h>

#define ICMP_UNREACHABLE 3
#define ICMP_FRAGMENTATION_NEEDED 4
#define ICMP_ECHO_REPLY 0
#define ICMP_ECHO_REQUEST 8
#define ICMP_TIMESTAMP_REQUEST 13 /* from here on, queries */
#define ICMPV6_TOO_BIG 2
#define ICMPV6_INFORMATION 0x80
#define ERROR_MAX 576             /* bytes of an ICMP error packet (RFC 1812, 4.3.2.3); of ICMPv6, up to IPV6_MTU_MIN */
#define ERROR_INTERVAL_NS 1000000 /* a device gets one error a millisecond ... */
#define ERROR_BURST 64            /* ... and so many at once */
#define OFFLOAD_SPAN 256          /* bytes from the IP header on, within which a guest's device is to put a checksum */

/* ICMP and ICMPv6 alike: the MTU in all four bytes, or in the last two. */
struct size_message {
  __u8 type, code;
  __u16 checksum;
  __be32 mtu;
};

/* Made here, since it is too large for the stack. The padding aligns the IP header. */
struct ipv4_error {
  __u16 padding;
  struct ethhdr ethernet;
  struct iphdr ip;
  struct size_message message;
  __u8 quote[ERROR_MAX - IPV4_LENGTH - sizeof(struct size_message)];
};

struct ipv6_error {
  __u16 padding;
  struct ethhdr ethernet;
  struct ipv6hdr ip;
  struct size_message message;
  __u8 quote[IPV6_MTU_MIN - IPV6_LENGTH - sizeof(struct size_message)];
};

union size_error {
  struct ipv4_error ipv4;
  struct ipv6_error ipv6;
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, union size_error);
} vnet_size_error SEC(".maps");

// When each device has used up its errors until, in nanoseconds of the monotonic clock.
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, __u64);
} vnet_error_time SEC(".maps");

/* A token bucket as one time (virtual scheduling): two processors that race give one error too many at most. */
static __always_inline int may_send_error(__u32 device)
{
  __u64 now = bpf_ktime_get_ns(), next = now;
  __u64 *known = bpf_map_lookup_elem(&vnet_error_time, &device);
  if (known && *known > now)
    next = *known;
  if (next > now + (ERROR_BURST - 1) * (__u64)ERROR_INTERVAL_NS)
    return 0;
  next += ERROR_INTERVAL_NS;
  bpf_map_update_elem(&vnet_error_time, &device, &next, BPF_ANY);
  return 1;
}

/* The one's complement sum of `length` bytes, a multiple of 4 and a constant; in pieces of what every kernel's helper takes. */
static __always_inline __u32 sum_bytes(const void *bytes, __u32 length, __u32 sum)
{
  const __u32 piece = 512;
#pragma unroll
  for (__u32 at = 0; at < length; at += piece)
    sum = bpf_csum_diff(0, 0, (void *)bytes + at, length - at < piece ? length - at : piece, sum);
  return sum;
}

static __always_inline __u16 folded(__u32 sum)
{
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

/* Makes the frame the error and sends it back. With the bytes that it had behind its Ethernet header goes the place where a device
 * was to put the checksum that the guest left to it: else it would be put into the error. */
static __always_inline int send_error(struct __sk_buff *skb, const struct ethhdr *frame, __u32 length)
{
  if (bpf_skb_change_tail(skb, length + OFFLOAD_SPAN, 0) || bpf_skb_adjust_room(skb, -OFFLOAD_SPAN, BPF_ADJ_ROOM_MAC, 0) ||
      bpf_skb_store_bytes(skb, 0, frame, length, BPF_F_RECOMPUTE_CSUM))
    return TC_ACT_SHOT;
  return bpf_redirect(skb->ifindex, 0);
}

/* Turns the Ethernet header back. Nonzero: it is not from one station to one other. */
static __always_inline int turn_back(struct __sk_buff *skb, struct ethhdr *ethernet)
{
  struct ethhdr from;
  if (bpf_skb_load_bytes(skb, 0, &from, sizeof(from)) || (from.h_source[0] | from.h_dest[0]) & 1)
    return -1;
  __builtin_memcpy(ethernet->h_dest, from.h_source, ETH_ALEN);
  __builtin_memcpy(ethernet->h_source, from.h_dest, ETH_ALEN);
  ethernet->h_proto = from.h_proto;
  return 0;
}

/* One host's address: neither 0/8, 127/8, nor multicast, reserved or broadcast. */
static __always_inline int is_host(__be32 address)
{
  __u8 first = bpf_ntohl(address) >> 24;
  return first && first != 127 && first < 224;
}

/* Of ICMP, queries and their answers: no error is sent about an error. */
static __always_inline int is_query(__u8 type)
{
  return type == ICMP_ECHO_REPLY || type == ICMP_ECHO_REQUEST || type >= ICMP_TIMESTAMP_REQUEST;
}

__noinline int refuse_ipv4(struct __sk_buff *skb, __u32 mtu)
{
  __u32 zero = 0;
  union size_error *scratch = bpf_map_lookup_elem(&vnet_size_error, &zero);
  if (!scratch)
    return TC_ACT_SHOT;
  struct ipv4_error *error = &scratch->ipv4;
  const struct iphdr *ip = (const struct iphdr *)error->quote;
  if (turn_back(skb, &error->ethernet) || bpf_skb_load_bytes(skb, ETH_HLEN, error->quote, sizeof(error->quote)))
    return TC_ACT_SHOT;
  __u32 header = ip->ihl * 4, length = bpf_ntohs(ip->tot_len);
  if (ip->version != 4 || header < IPV4_LENGTH || folded(bpf_csum_diff(0, 0, (void *)ip, header & 0x3c, 0)) != 0xffff)
    return TC_ACT_SHOT;
  if (!skb->gso_size && (length <= mtu || length + ETH_HLEN > skb->len))
    return TC_ACT_SHOT;
  if (ip->frag_off & bpf_htons(FRAGMENT_OFFSET) || !is_host(ip->saddr) || !is_host(ip->daddr))
    return TC_ACT_SHOT;
  __u8 type;
  if (ip->protocol == IPPROTO_ICMP && (bpf_skb_load_bytes(skb, ETH_HLEN + header, &type, 1) || !is_query(type)))
    return TC_ACT_SHOT;
  if (!may_send_error(skb->ifindex))
    return TC_ACT_SHOT;
  error->ip = (struct iphdr){
      .version = 4,
      .ihl = IPV4_LENGTH / 4,
      .tos = 0xc0, /* internetwork control (RFC 1812, 4.3.2.5) */
      .tot_len = bpf_htons(ERROR_MAX),
      .frag_off = bpf_htons(0x4000),
      .ttl = 64,
      .protocol = IPPROTO_ICMP,
      .saddr = ip->daddr,
      .daddr = ip->saddr,
  };
  error->ip.check = ~folded(sum_bytes(&error->ip, IPV4_LENGTH, 0));
  error->message = (struct size_message){ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, 0, bpf_htonl(mtu)};
  error->message.checksum = ~folded(sum_bytes(&error->message, ERROR_MAX - IPV4_LENGTH, 0));
  return send_error(skb, &error->ethernet, ETH_HLEN + ERROR_MAX);
}

/* Where the network's MTU is less than IPv6 wants of a link, so is the error. */
static __always_inline int finish_ipv6(struct __sk_buff *skb, struct ipv6_error *error, __u32 packet)
{
  __u32 payload = packet - IPV6_LENGTH;
  error->ip.payload_len = bpf_htons(payload);
  __u32 sum = bpf_htons(payload) + bpf_htons(IPPROTO_ICMPV6);
  sum = sum_bytes(&error->ip.saddr, 2 * sizeof(struct in6_addr), sum);
  error->message.checksum = ~folded(sum_bytes(&error->message, payload, sum));
  return send_error(skb, &error->ethernet, ETH_HLEN + packet);
}

__noinline int refuse_ipv6(struct __sk_buff *skb, __u32 mtu)
{
  __u32 zero = 0;
  union size_error *scratch = bpf_map_lookup_elem(&vnet_size_error, &zero);
  if (!scratch)
    return TC_ACT_SHOT;
  struct ipv6_error *error = &scratch->ipv6;
  const struct ipv6hdr *ip = (const struct ipv6hdr *)error->quote;
  const __u32 least = ERROR_MAX - IPV6_LENGTH - sizeof(struct size_message);
  int small = mtu < IPV6_MTU_MIN;
  if (turn_back(skb, &error->ethernet) ||
      (small ? bpf_skb_load_bytes(skb, ETH_HLEN, error->quote, least)
             : bpf_skb_load_bytes(skb, ETH_HLEN, error->quote, sizeof(error->quote))))
    return TC_ACT_SHOT;
  __u32 length = bpf_ntohs(ip->payload_len) + IPV6_LENGTH;
  __u32 source = ip->saddr.s6_addr32[0] | ip->saddr.s6_addr32[1] | ip->saddr.s6_addr32[2] | ip->saddr.s6_addr32[3];
  if (ip->version != 6 || !source || ip->saddr.s6_addr[0] == 0xff || ip->daddr.s6_addr[0] == 0xff)
    return TC_ACT_SHOT;
  if (!skb->gso_size && (length <= mtu || length + ETH_HLEN > skb->len))
    return TC_ACT_SHOT;
  if (ip->nexthdr == IPPROTO_ICMPV6 && !(error->quote[IPV6_LENGTH] & ICMPV6_INFORMATION))
    return TC_ACT_SHOT;
  if (!may_send_error(skb->ifindex))
    return TC_ACT_SHOT;
  error->ip = (struct ipv6hdr){.version = 6, .nexthdr = IPPROTO_ICMPV6, .hop_limit = 64, .saddr = ip->daddr, .daddr = ip->saddr};
  error->message = (struct size_message){ICMPV6_TOO_BIG, 0, 0, bpf_htonl(mtu)};
  return small ? finish_ipv6(skb, error, ERROR_MAX) : finish_ipv6(skb, error, IPV6_MTU_MIN);
}

/* The answer comes from the address that the packet was for: the network has none of its own. */
static __always_inline int refuse(struct __sk_buff *skb, __u32 mtu)
{
  if (skb->protocol == bpf_htons(ETH_P_IP))
    return refuse_ipv4(skb, mtu);
  if (skb->protocol == bpf_htons(ETH_P_IPV6))
    return refuse_ipv6(skb, mtu);
  return TC_ACT_SHOT;
}

#endif
