/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The short way in: what VXLAN links bring for a guest here goes from the underlay's device straight into the guest, past this host's IP, UDP
 * and VXLAN. It saves most of what receiving costs. Whatever is not plain takes the long way, and is judged there. */
#ifndef VIRTUOSO_UNDERLAY_BPF_H
#define VIRTUOSO_UNDERLAY_BPF_H

#include "forward.bpf.h"
#include <linux/ip.h>
#include <linux/udp.h>

#define VXLAN_PORT 4789
#define VXLAN_KNOWN 0x08  /* the VNI counts */
#define VXLAN_POLICY 0x80 /* the Group Policy ID counts */
#define PLAIN_IPV4 0x45   /* version 4, no options */
#define FRAGMENT 0x3fff   /* more of them follow, or came before */

struct vxlan_header {
  __u8 flags;
  __u8 reserved;
  __be16 policy;
  __be32 vni; /* and 8 bits that are 0 */
};

/* Where headers begin in a packet, after its Ethernet header. */
#define UDP_AT (ETH_HLEN + sizeof(struct iphdr))
#define VXLAN_AT (UDP_AT + sizeof(struct udphdr))
#define INNER_AT (VXLAN_AT + sizeof(struct vxlan_header))
#define WRAPPED_LENGTH (INNER_AT + ETH_HLEN)

static __always_inline int checksum_holds(const __u16 *header)
{
  __u32 sum = 0;
  for (__u32 index = 0; index < sizeof(struct iphdr) / sizeof(*header); index++)
    sum += header[index];
  sum = (sum & 0xffff) + (sum >> 16);
  return ((sum + (sum >> 16)) & 0xffff) == 0xffff;
}

/* VXLAN, of IP, for one receiver; not fragmented, and without a checksum, which links do not have. */
static __always_inline int is_plain(void *packet)
{
  struct iphdr *ip = packet + ETH_HLEN;
  struct udphdr *udp = packet + UDP_AT;
  struct vxlan_header *vxlan = packet + VXLAN_AT;
  struct ethhdr *inner = packet + INNER_AT;
  return *(__u8 *)ip == PLAIN_IPV4 && ip->protocol == IPPROTO_UDP && !(ip->frag_off & bpf_htons(FRAGMENT)) &&
         udp->dest == bpf_htons(VXLAN_PORT) && !udp->check && (vxlan->flags & ~VXLAN_POLICY) == VXLAN_KNOWN && !vxlan->reserved &&
         !(vxlan->vni & bpf_htonl(0xff)) && inner->h_proto == bpf_htons(ETH_P_IP) && !(inner->h_dest[0] & 1) &&
         checksum_holds((const __u16 *)ip);
}

/* The link that a packet belongs to, by the addresses of both ends; 0: none. */
static __always_inline __u32 link_of(struct iphdr *ip)
{
  struct link_end end = {UNDERLAY, bpf_ntohl(ip->saddr)};
  __u32 *number = bpf_map_lookup_elem(&vnet_peers, &end);
  struct link *link = number ? bpf_map_lookup_elem(&vnet_links, number) : 0;
  return number && link && link->local == bpf_ntohl(ip->daddr) ? *number : 0;
}

/* The port of the guest that the frame can go straight into; 0: something else is to be done with it. Global: verified once. */
__noinline int port_of(struct frame *frame)
{
  __u32 zero = 0;
  void *rules = bpf_map_lookup_elem(&vnet_rules, &zero);
  if (!frame)
    return 0;
  __u32 number = frame->network;
  struct network *network = bpf_map_lookup_elem(&vnet_networks, &number);
  struct action *action = rules && network ? match(rules, network->classes, frame) : 0;
  return action && action->kind == ACTION_PEER_PORT ? action->target : 0;
}

/* Packets that the underlay brings; those that are not for here go on to whoever they are for. */
SEC("tc")
int vnet_underlay(struct __sk_buff *skb)
{
  void *packet = (void *)(long)skb->data;
  if (skb->protocol != bpf_htons(ETH_P_IP) || skb->pkt_type != PACKET_HOST || packet + WRAPPED_LENGTH > (void *)(long)skb->data_end ||
      !is_plain(packet))
    return TC_ACT_UNSPEC;
  struct vxlan_header *vxlan = packet + VXLAN_AT;
  struct ethhdr inner = *(struct ethhdr *)(packet + INNER_AT);
  __u32 vni = bpf_ntohl(vxlan->vni) >> 8, segments = skb->gso_segs;
  __u32 *network = bpf_map_lookup_elem(&vnet_numbers, &vni);
  struct frame frame = {.link = link_of(packet + ETH_HLEN)};
  if (!network || !frame.link)
    return TC_ACT_UNSPEC;
  frame.network = *network;
  frame.key.table = vni;
  frame.star = vxlan->flags & VXLAN_POLICY && vxlan->policy & bpf_htons(GBP_STAR);
  copy_mac(frame.key.destination, inner.h_dest);
  copy_mac(frame.key.source, inner.h_source);
  __u32 port = port_of(&frame);
  if (!port)
    return TC_ACT_UNSPEC;
  /* What is taken away lies behind the Ethernet header, which is written anew. Segments are as long as before. */
  if (bpf_skb_adjust_room(skb, -(__s32)INNER_AT, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO) ||
      bpf_skb_store_bytes(skb, 0, &inner, sizeof(inner), 0))
    return drop(DROP_ENCAPSULATION);
  measure(skb, &frame, segments);
  hear(frame.link);
  count_link(frame.link, 0, frame.bytes);
  return enter_guest(skb, &frame, port);
}

#endif
