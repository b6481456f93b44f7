/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What leaves by the underlay: packets of links are stamped, and where they are not, TCP is recorded. */
#ifndef VIRTUOSO_DEPARTURE_BPF_H
#define VIRTUOSO_DEPARTURE_BPF_H

#include "liveness.bpf.h"
#include "record.bpf.h"

/* Stamps that were put on, by the number of the link. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, LINK_MAX);
  __type(key, __u32);
  __type(value, __u32);
} vnet_stamps SEC(".maps");

/* The number of the next packet of a link. A keep-alive takes none: it may overtake others. */
static __always_inline __u32 next_number(__u32 link, int pulse)
{
  __u32 *stamps = bpf_map_lookup_elem(&vnet_stamps, &link);
  if (!stamps)
    return 0;
  return (pulse ? *stamps : __sync_fetch_and_add(stamps, 1)) % STAMP_NUMBERS + 1;
}

static __always_inline void depart(struct __sk_buff *skb, struct wrapping *outer)
{
  if (!is_standard(outer)) {
    __u32 carried = link_carried(outer->ip.saddr, outer->ip.daddr, outer->udp.dest, outer->udp.dest, LINK_VXLAN);
    if (carried)
      record_inner_departure(skb, carried);
    return;
  }
  __u32 number = link_to(bpf_ntohl(outer->ip.daddr));
  struct link *link = number ? bpf_map_lookup_elem(&vnet_links, &number) : 0;
  if (!link || bpf_htonl(link->local) != outer->ip.saddr)
    return;
  if (!link->stamped || !may_stamp(number)) {
    record_inner_departure(skb, number);
    return;
  }
  __u32 own = next_number(number, !(outer->vni & ~bpf_htonl(0xff)));
  if (own)
    put_stamp(outer, bpf_ktime_get_ns() / 1000 & STAMP_CLOCK, own);
}

/* Headers lie in one piece: this host has put them there. The checksum over UDP that would change is 0. */
SEC("tc")
int vnet_departure(struct __sk_buff *skb)
{
  struct config *config = configuration();
  void *packet = (void *)(long)skb->data + ETH_HLEN, *end = (void *)(long)skb->data_end;
  if (!config || config->unrecorded || skb->protocol != bpf_htons(ETH_P_IP))
    return TC_ACT_UNSPEC;
  struct wrapping *outer = packet;
  struct segment *segment = packet;
  if (packet + sizeof(*segment) > end || !is_simple(&segment->ip))
    return TC_ACT_UNSPEC;
  if (segment->ip.protocol == IPPROTO_TCP) {
    struct segment copy = *segment;
    struct tcphdr *tcp = &copy.tcp;
    __u32 number = link_carried(copy.ip.saddr, copy.ip.daddr, tcp->source, tcp->dest, LINK_DEVICE);
    if (number)
      record_departure(skb, &copy, number, ETH_HLEN);
  } else if (is_vxlan(outer)) {
    depart(skb, outer);
  }
  return TC_ACT_UNSPEC;
}

#endif
