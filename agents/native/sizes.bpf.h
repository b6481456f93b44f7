/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Keeps what enters a network within its MTU: tells TCP of it in time, and refuses IP packets that are larger with an error that says how
 * large they may be. No packet is ever fragmented on its way.
 * A packet that may be fragmented (IPv4 without DF) is refused with the same error: a layer-2 network has no router that would fragment
 * it, and a sender that is told the MTU does it itself. */
#ifndef VIRTUOSO_SIZES_BPF_H
#define VIRTUOSO_SIZES_BPF_H

#include "mss.bpf.h"
#include "size-error.bpf.h"

#define FITS -1
#define TAG_LENGTH 4 /* of a VLAN; the kernel keeps it beside the frame */

/* Bytes of headers that segmentation repeats in every segment of an offloaded frame. */
static __noinline __u32 repeated_headers(struct __sk_buff *skb)
{
  __u8 byte, protocol;
  __u32 transport;
  if (skb->protocol == bpf_htons(ETH_P_IP)) {
    if (bpf_skb_load_bytes(skb, ETH_HLEN, &byte, 1) || bpf_skb_load_bytes(skb, ETH_HLEN + 9, &protocol, 1))
      return ETH_HLEN;
    transport = ETH_HLEN + (byte & 0xf) * 4;
  } else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
    if (bpf_skb_load_bytes(skb, ETH_HLEN + 6, &protocol, 1))
      return ETH_HLEN;
    transport = ETH_HLEN + IPV6_LENGTH;
  } else {
    return ETH_HLEN;
  }
  if (protocol == IPPROTO_UDP)
    return transport + 8;
  if (protocol != IPPROTO_TCP || bpf_skb_load_bytes(skb, transport + 12, &byte, 1))
    return transport;
  return transport + (byte >> 4) * 4;
}

/* FITS, or the TC action of a frame that does not: it is to be counted as dropped (too-big), though its skb may leave as the answer.
 * A frame in a VLAN has room for its tag too, and is not changed. Pointers into the packet are void afterwards. */
static __always_inline int fit(struct __sk_buff *skb, __u32 mtu)
{
  __u32 tag = skb->vlan_present ? TAG_LENGTH : 0, room = ETH_HLEN + mtu - tag;
  if (skb->len > room && (!skb->gso_size || skb->gso_size + repeated_headers(skb) > room))
    return refuse(skb, mtu - tag);
  if (!tag)
    clamp(skb, mtu);
  return FITS;
}

#endif
