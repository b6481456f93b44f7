/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Tells TCP how large a segment a network carries (RFC 879, RFC 6691), when a connection is opened. */
#ifndef VIRTUOSO_MSS_BPF_H
#define VIRTUOSO_MSS_BPF_H

#include "ip.bpf.h"

#define TCP_SYN 2
#define TCP_OPTION_END 0
#define TCP_OPTION_NONE 1
#define TCP_OPTION_MSS 2
#define TCP_OPTIONS_MAX 40

/* Where the MSS option is between two places of the frame; 0: nowhere. Global, as what follows: verified once, and apart from the rest. */
__noinline __u32 find_mss(struct __sk_buff *skb, __u32 at, __u32 end)
{
  for (int i = 0; i < TCP_OPTIONS_MAX && at + 4 <= end; i++) {
    __u8 option[2]; /* kind, length */
    if (bpf_skb_load_bytes(skb, at, option, 2) || option[0] == TCP_OPTION_END)
      return 0;
    if (option[0] == TCP_OPTION_MSS)
      return option[1] == 4 ? at : 0;
    if (option[0] != TCP_OPTION_NONE && option[1] < 2)
      return 0;
    at += option[0] == TCP_OPTION_NONE ? 1 : option[1];
  }
  return 0;
}

/* Lowers the MSS option of the TCP header at `tcp`, in a packet that ends at `end`. */
__noinline int clamp_mss(struct __sk_buff *skb, __u32 tcp, __u32 end, __u32 mss)
{
  __u8 fields[2]; /* data offset, flags */
  __u16 value, lower = bpf_htons(mss);
  if (end > skb->len || bpf_skb_load_bytes(skb, tcp + 12, fields, 2) || !(fields[1] & TCP_SYN))
    return 0;
  __u32 options = tcp + (fields[0] >> 4) * 4;
  if (options > end)
    return 0;
  __u32 at = find_mss(skb, tcp + TCP_LENGTH, options);
  if (!at || bpf_skb_load_bytes(skb, at + 2, &value, 2) || bpf_ntohs(value) <= mss)
    return 0;
  if (bpf_skb_store_bytes(skb, at + 2, &lower, 2, 0))
    return 0;
  // In an odd place the two bytes are halves of two words of the sum.
  int odd = (at - tcp) & 1;
  bpf_l4_csum_replace(skb, tcp + 16, odd ? bpf_ntohs(value) : value, odd ? bpf_ntohs(lower) : lower, 2);
  return 0;
}

static __noinline int clamp_ipv4(struct __sk_buff *skb, __u32 mtu)
{
  struct iphdr ip;
  if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) || ip.version != 4 || ip.ihl * 4 < IPV4_LENGTH || ip.frag_off & bpf_htons(FRAGMENT_OFFSET))
    return 0;
  return clamp_mss(skb, ETH_HLEN + ip.ihl * 4, ETH_HLEN + bpf_ntohs(ip.tot_len), mtu - IPV4_LENGTH - TCP_LENGTH);
}

static __noinline int clamp_ipv6(struct __sk_buff *skb, __u32 mtu)
{
  struct ipv6hdr ip;
  if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) || ip.version != 6)
    return 0;
  const __u32 tcp = ETH_HLEN + IPV6_LENGTH;
  return clamp_mss(skb, tcp, tcp + bpf_ntohs(ip.payload_len), mtu - IPV6_LENGTH - TCP_LENGTH);
}

/* Only frames that open a TCP connection leave by a call. */
static __always_inline void clamp(struct __sk_buff *skb, __u32 mtu)
{
  const __u32 ipv4 = ETH_HLEN, tcp4 = ETH_HLEN + IPV4_LENGTH, tcp6 = ETH_HLEN + IPV6_LENGTH;
  if (skb->protocol == bpf_htons(ETH_P_IP)) {
    const __u8 *frame = first_bytes(skb, tcp4 + TCP_LENGTH);
    if (frame && frame[ipv4 + 9] == IPPROTO_TCP && (frame[ipv4] != 0x45 || frame[tcp4 + 13] & TCP_SYN))
      clamp_ipv4(skb, mtu);
  } else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
    const __u8 *frame = first_bytes(skb, tcp6 + TCP_LENGTH);
    if (frame && frame[ETH_HLEN + 6] == IPPROTO_TCP && frame[tcp6 + 13] & TCP_SYN)
      clamp_ipv6(skb, mtu);
  }
}

#endif
