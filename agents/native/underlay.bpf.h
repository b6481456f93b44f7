/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The short way: what VXLAN links bring goes from the underlay's device straight into a guest here, or on over another link, past this host's
 * IP, UDP and VXLAN. That saves most of what receiving costs. Whatever is not plain takes the long way, and is judged there. */
#ifndef VIRTUOSO_UNDERLAY_BPF_H
#define VIRTUOSO_UNDERLAY_BPF_H

#include "forward.bpf.h"
#include <linux/ip.h>
#include <linux/udp.h>

#define VXLAN_PORT 4789
#define VXLAN_KNOWN 0x08  /* the VNI counts */
#define VXLAN_POLICY 0x80 /* the Group Policy ID counts */
#define PLAIN_IPV4 0x45   /* version 4, no options */
#define DONT_FRAGMENT 0x4000
#define FRAGMENT 0x3fff /* more of them follow, or came before */

/* What is around a frame, after the Ethernet header of the underlay. */
struct wrapping {
  struct iphdr ip;
  struct udphdr udp;
  __u8 flags;
  __u8 reserved;
  __be16 policy;
  __be32 vni; /* and 8 bits that are 0 */
};

#define FRAME_AT (ETH_HLEN + sizeof(struct wrapping))

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

/* VXLAN, of IP, for one receiver; not fragmented, and without a checksum, which links do not have. */
static __always_inline int is_plain(struct wrapping *outer, struct ethhdr *inner)
{
  return *(__u8 *)outer == PLAIN_IPV4 && outer->ip.protocol == IPPROTO_UDP && !(outer->ip.frag_off & bpf_htons(FRAGMENT)) &&
         outer->udp.dest == bpf_htons(VXLAN_PORT) && !outer->udp.check && (outer->flags & ~VXLAN_POLICY) == VXLAN_KNOWN &&
         !outer->reserved && !(outer->vni & bpf_htonl(0xff)) && inner->h_proto == bpf_htons(ETH_P_IP) &&
         !(inner->h_dest[0] & 1) && sum_of(&outer->ip) == 0xffff;
}

/* The link whose far end has this address, in host order; 0: none. */
static __always_inline __u32 link_to(__u32 remote)
{
  struct link_end end = {UNDERLAY, remote};
  __u32 *number = bpf_map_lookup_elem(&vnet_peers, &end);
  return number ? *number : 0;
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

/* Packets that the underlay brings; those that are not for here go on to whoever they are for. */
SEC("tc")
int vnet_underlay(struct __sk_buff *skb)
{
  void *packet = (void *)(long)skb->data;
  if (skb->protocol != bpf_htons(ETH_P_IP) || skb->pkt_type != PACKET_HOST ||
      packet + FRAME_AT + ETH_HLEN > (void *)(long)skb->data_end || !is_plain(packet + ETH_HLEN, packet + FRAME_AT))
    return TC_ACT_UNSPEC;
  struct wrapping outer = *(struct wrapping *)(packet + ETH_HLEN);
  struct ethhdr inner = *(struct ethhdr *)(packet + FRAME_AT);
  __u32 vni = bpf_ntohl(outer.vni) >> 8, policy = outer.flags & VXLAN_POLICY ? bpf_ntohs(outer.policy) : 0;
  __u32 *network = bpf_map_lookup_elem(&vnet_numbers, &vni);
  struct frame frame = {.link = link_to(bpf_ntohl(outer.ip.saddr)), .hops = policy & GBP_HOPS, .star = !!(policy & GBP_STAR)};
  struct link *link = bpf_map_lookup_elem(&vnet_links, &frame.link);
  if (!network || !link || bpf_htonl(link->local) != outer.ip.daddr)
    return TC_ACT_UNSPEC;
  frame.network = *network;
  frame.key.table = vni;
  copy_mac(frame.key.destination, inner.h_dest);
  copy_mac(frame.key.source, inner.h_source);
  int way = way_of(&frame);
  if (way > 0)
    return unwrap(skb, &frame, &inner, way);
  return way < 0 ? pass_on(skb, &frame, &outer, -way) : TC_ACT_UNSPEC;
}

#endif
