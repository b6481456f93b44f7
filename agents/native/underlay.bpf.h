/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The short way: what VXLAN links bring goes from the underlay's device straight into a guest here, or on over another link, past this host's
 * IP, UDP and VXLAN. That saves most of what receiving costs. Whatever is not plain takes the long way, and is judged there. */
#ifndef VIRTUOSO_UNDERLAY_BPF_H
#define VIRTUOSO_UNDERLAY_BPF_H

#include "forward.bpf.h"
#include "record.bpf.h"

/* One's complement sum of the header. */
static __always_inline __u16 sum_of(struct iphdr *ip)
{
  const __u16 *words = (const __u16 *)ip;
  __u32 sum = 0;
  for (__u32 index = 0; index < sizeof(*ip) / sizeof(*words); index++)
    sum += words[index];
  sum = (sum & 0xffff) + (sum >> 16);
  return sum + (sum >> 16);
}

/* Of IP, for one receiver, and with no bits that nobody knows. */
static __always_inline int is_plain(struct wrapping *outer, struct ethhdr *inner)
{
  return !outer->reserved && !(outer->vni & bpf_htonl(0xff)) && inner->h_proto == bpf_htons(ETH_P_IP) && !(inner->h_dest[0] & 1) &&
         sum_of(&outer->ip) == 0xffff;
}

/* Where the rules lead the frame: the port of a guest that it can go straight into, minus the number of a link, or 0: elsewhere. Global:
 * verified once. */
__noinline int way_of(struct frame *frame)
{
  __u32 zero = 0;
  void *rules = bpf_map_lookup_elem(&vnet_rules, &zero);
  if (!frame)
    return 0;
  __u32 number = frame->network;
  struct network *network = bpf_map_lookup_elem(&vnet_networks, &number);
  struct action *action = rules && network ? match(rules, network->classes, frame) : 0;
  if (!action)
    return 0;
  if (action->kind == ACTION_PEER_PORT)
    return action->target;
  return action->kind == ACTION_LINK ? -(int)action->target : 0;
}

static __always_inline void count_received(struct __sk_buff *skb, struct frame *frame)
{
  measure(skb, frame, FRAME_AT);
  hear(frame->link);
  count_link(frame->link, 0, frame->bytes);
}

/* What is taken away lies behind the Ethernet header, which is written anew. Segments are as long as before. */
static __always_inline int unwrap(struct __sk_buff *skb, struct frame *frame, struct ethhdr *inner, __u32 port)
{
  count_received(skb, frame);
  if (bpf_skb_adjust_room(skb, -(__s32)FRAME_AT, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO) ||
      bpf_skb_store_bytes(skb, 0, inner, sizeof(*inner), 0))
    return drop(DROP_ENCAPSULATION);
  return enter_guest(skb, frame, port);
}

/* Over another link that leaves from the address where the packet came in: only what is around the frame changes. */
static __always_inline int pass_on(struct __sk_buff *skb, struct frame *frame, struct wrapping *outer, __u32 number)
{
  struct link *link = bpf_map_lookup_elem(&vnet_links, &number);
  if (!link || !frame->hops || number == frame->link || bpf_htonl(link->local) != outer->ip.daddr ||
      link_to(link->remote) != number)
    return TC_ACT_UNSPEC;
  struct label label = {.hops = frame->hops - 1, .star = frame->star};
  outer->flags = VXLAN_KNOWN | VXLAN_POLICY;
  outer->policy = bpf_htons(policy_of(&label));
  outer->ip.saddr = outer->ip.daddr;
  outer->ip.daddr = bpf_htonl(link->remote);
  outer->ip.frag_off = bpf_htons(DONT_FRAGMENT);
  outer->ip.ttl = UNDERLAY_TTL;
  outer->ip.check = 0;
  outer->ip.check = ~sum_of(&outer->ip);
  count_received(skb, frame);
  if (bpf_skb_store_bytes(skb, ETH_HLEN, outer, sizeof(*outer), BPF_F_RECOMPUTE_CSUM))
    return drop(DROP_ENCAPSULATION);
  count_link(number, frame->bytes, 0);
  return bpf_redirect_neigh(skb->ifindex, 0, 0, 0);
}

/* Goes the short way if there is one. */
static __always_inline int shorten(struct __sk_buff *skb, struct wrapping *outer, struct ethhdr *inner, __u32 link)
{
  __u32 vni = bpf_ntohl(outer->vni) >> 8, policy = outer->flags & VXLAN_POLICY ? bpf_ntohs(outer->policy) : 0;
  __u32 *network = bpf_map_lookup_elem(&vnet_numbers, &vni);
  if (!network || !is_plain(outer, inner))
    return TC_ACT_UNSPEC;
  struct frame frame = {.network = *network, .link = link, .hops = policy & GBP_HOPS, .star = !!(policy & GBP_STAR)};
  frame.key.table = vni;
  copy_mac(frame.key.destination, inner->h_dest);
  copy_mac(frame.key.source, inner->h_source);
  int way = way_of(&frame);
  if (way > 0)
    return unwrap(skb, &frame, inner, way);
  return way < 0 ? pass_on(skb, &frame, outer, -way) : TC_ACT_UNSPEC;
}

static __always_inline int take_packet(struct __sk_buff *skb, struct wrapping *outer, struct ethhdr *inner)
{
  __u32 number = link_to(bpf_ntohl(outer->ip.saddr)), stamp = number_of(outer);
  struct link *link = bpf_map_lookup_elem(&vnet_links, &number);
  if (!number || !link || bpf_htonl(link->local) != outer->ip.daddr)
    return TC_ACT_UNSPEC;
  see(number);
  if (!link->stamped || !may_stamp(number))
    record_inner_acknowledgement(skb, number);
  if (stamp) {
    int kind = outer->vni & ~bpf_htonl(0xff) ? RECORD_ARRIVAL : RECORD_PULSE;
    record_arrival(skb, number, clock_of(outer), kind << 8 | stamp, inner->h_proto);
    take_stamp(outer);
  }
  int action = shorten(skb, outer, inner, number);
  if (action == TC_ACT_UNSPEC && stamp &&
      bpf_skb_store_bytes(skb, VXLAN_AT, &outer->flags, FRAME_AT - VXLAN_AT, BPF_F_RECOMPUTE_CSUM))
    return drop(DROP_ENCAPSULATION); /* which the kernel would do with its stamp */
  return action;
}

/* Packets that the underlay brings; those that are not for here go on to whoever they are for. */
SEC("tc")
int vnet_underlay(struct __sk_buff *skb)
{
  if (skb->protocol != bpf_htons(ETH_P_IP) || skb->pkt_type != PACKET_HOST)
    return TC_ACT_UNSPEC;
  const __u8 *packet = first_bytes(skb, ETH_HLEN + sizeof(struct segment));
  if (!packet || !is_simple((struct iphdr *)(packet + ETH_HLEN)))
    return TC_ACT_UNSPEC;
  if (((struct iphdr *)(packet + ETH_HLEN))->protocol == IPPROTO_TCP) {
    struct segment segment = *(struct segment *)(packet + ETH_HLEN);
    struct tcphdr *tcp = &segment.tcp;
    __u32 number = link_carried(segment.ip.daddr, segment.ip.saddr, tcp->dest, tcp->source, LINK_DEVICE);
    if (number)
      record_acknowledgement(skb, &segment, number);
    return TC_ACT_UNSPEC;
  }
  if (!is_vxlan((struct wrapping *)(packet + ETH_HLEN)) || !(packet = first_bytes(skb, FRAME_AT + ETH_HLEN)))
    return TC_ACT_UNSPEC;
  struct wrapping outer = *(struct wrapping *)(packet + ETH_HLEN);
  if (!is_standard(&outer)) {
    __u32 number = link_carried(outer.ip.daddr, outer.ip.saddr, outer.udp.dest, outer.udp.dest, LINK_VXLAN);
    if (number)
      record_inner_acknowledgement(skb, number);
    return TC_ACT_UNSPEC;
  }
  struct ethhdr inner = *(struct ethhdr *)(packet + FRAME_AT);
  return take_packet(skb, &outer, &inner);
}

#endif
