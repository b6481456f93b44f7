/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Answers on the spot what a guest asks everyone about the VMs of its network: who has an IPv4 address (ARP, RFC 826), and who has the
 * IPv6 link-local address that is made of a known Ethernet address (RFC 4861 with RFC 4291, appendix A).
 * Whatever is not exactly such a question goes on to the VM itself: announcements and probes (RFC 5227), duplicate address detection
 * (RFC 4862), and questions to one address alone, by which a guest finds out whether the VM is alive and whether it is a router.
 * agents/vnet/neighbours.ts writes the maps. */
#ifndef VIRTUOSO_NEIGHBOURS_BPF_H
#define VIRTUOSO_NEIGHBOURS_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define NOT_ANSWERED -1
#define ARP_ETHERNET 1
#define ARP_REQUEST 1
#define ARP_REPLY 2
#define NEIGHBOUR_SOLICITATION 135
#define NEIGHBOUR_ADVERTISEMENT 136
#define ADVERTISEMENT_FLAGS 0x6000 /* solicited, override; not a router */
#define SOURCE_ADDRESS_OPTION 1
#define TARGET_ADDRESS_OPTION 2
#define SOLICITATION_LENGTH 24 /* without the option */

/* Addresses are in network order; of 16-bit words, as far as a frame's fields are aligned. */
struct neighbour_key {
  __u32 vni;
  __u16 address[2];
};

struct neighbour {
  __u16 mac[3];
  __u16 padding;
};

struct member_key {
  __u32 vni;
  __u16 mac[3];
  __u16 padding;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 131072);
  __type(key, struct neighbour_key);
  __type(value, struct neighbour);
} vnet_neighbours SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 131072);
  __type(key, struct member_key);
  __type(value, __u32);
} vnet_members SEC(".maps");

struct arp_frame {
  __u16 to[3], from[3], protocol;
  __u16 hardware, network;
  __u8 hardware_length, network_length;
  __u16 operation;
  __u16 sender_mac[3], sender[2];
  __u16 target_mac[3], target[2];
};

/* A neighbour solicitation or advertisement with its one option. */
struct discovery_frame {
  __u16 to[3], from[3], protocol;
  __u8 version, traffic_class;
  __u16 flow, length;
  __u8 next, hops;
  __u16 source[8], destination[8];
  __u8 type, code;
  __u16 checksum, flags[2], target[8];
  __u8 option, option_length;
  __u16 option_mac[3];
};

_Static_assert(sizeof(struct arp_frame) == 42, "an ARP frame has 42 bytes");
_Static_assert(sizeof(struct discovery_frame) == 86, "an advertisement has 86 bytes");

static __always_inline int same_address(const __u16 *a, const __u16 *b)
{
  return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

static __always_inline void copy_address(__u16 *to, const __u16 *from)
{
  to[0] = from[0];
  to[1] = from[1];
  to[2] = from[2];
}

static __always_inline int is_group(const __u16 *mac)
{
  return *(const __u8 *)mac & 1;
}

static __always_inline int send_answer(struct __sk_buff *skb, const void *frame, __u32 length)
{
  if (bpf_skb_store_bytes(skb, 0, frame, length, BPF_F_RECOMPUTE_CSUM))
    return TC_ACT_SHOT;
  return bpf_redirect(skb->ifindex, 0);
}

__noinline int answer_arp(struct __sk_buff *skb, __u32 vni)
{
  struct arp_frame arp;
  if (skb->vlan_present || bpf_skb_load_bytes(skb, 0, &arp, sizeof(arp)))
    return NOT_ANSWERED;
  if (arp.hardware != bpf_htons(ARP_ETHERNET) || arp.network != bpf_htons(ETH_P_IP) || arp.hardware_length != ETH_ALEN ||
      arp.network_length != 4 || arp.operation != bpf_htons(ARP_REQUEST))
    return NOT_ANSWERED;
  if (!is_group(arp.to) || is_group(arp.from) || !same_address(arp.from, arp.sender_mac))
    return NOT_ANSWERED;
  int probe = !arp.sender[0] && !arp.sender[1];
  int announcement = arp.sender[0] == arp.target[0] && arp.sender[1] == arp.target[1];
  if (probe || announcement)
    return NOT_ANSWERED;
  struct neighbour_key key = {vni, {arp.target[0], arp.target[1]}};
  struct neighbour *neighbour = bpf_map_lookup_elem(&vnet_neighbours, &key);
  if (!neighbour || same_address(neighbour->mac, arp.from))
    return NOT_ANSWERED;
  struct arp_frame reply = arp;
  reply.operation = bpf_htons(ARP_REPLY);
  copy_address(reply.to, arp.from);
  copy_address(reply.from, neighbour->mac);
  copy_address(reply.sender_mac, neighbour->mac);
  copy_address(reply.target_mac, arp.sender_mac);
  reply.sender[0] = arp.target[0];
  reply.sender[1] = arp.target[1];
  reply.target[0] = arp.sender[0];
  reply.target[1] = arp.sender[1];
  return send_answer(skb, &reply, sizeof(reply));
}

/* Sum of the ICMPv6 message and its pseudo-header (RFC 8200, 8.1): 0xffff if the checksum is right. */
static __always_inline __u16 discovery_sum(const struct discovery_frame *frame)
{
  __u32 sum = frame->length + bpf_htons(IPPROTO_ICMPV6);
  const __u16 *words = frame->source;
#pragma unroll
  for (int i = 0; i < (int)(sizeof(*frame) - __builtin_offsetof(struct discovery_frame, source)) / 2; i++)
    sum += words[i];
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

/* The Ethernet address in a link-local address. 0: there is one. */
static __always_inline int mac_of(const __u16 *address, __u16 *mac)
{
  __u16 middle = bpf_ntohs(address[5]), next = bpf_ntohs(address[6]);
  if (address[0] != bpf_htons(0xfe80) || address[1] || address[2] || address[3] || (middle & 0xff) != 0xff || next >> 8 != 0xfe)
    return -1;
  mac[0] = address[4] ^ bpf_htons(0x0200);
  mac[1] = bpf_htons((middle & 0xff00) | (next & 0xff));
  mac[2] = address[7];
  return 0;
}

static __always_inline int is_solicited_node(const __u16 *group, const __u16 *target)
{
  return group[0] == bpf_htons(0xff02) && !group[1] && !group[2] && !group[3] && !group[4] && group[5] == bpf_htons(1) &&
         group[6] == bpf_htons(0xff00 | (bpf_ntohs(target[6]) & 0xff)) && group[7] == target[7];
}

/* Whether the frame asks everyone for `target`, as RFC 4861 (7.1.1) demands of a valid solicitation. */
static __always_inline int is_solicitation(const struct discovery_frame *frame)
{
  const __u16 *source = frame->source;
  int unspecified = !(source[0] | source[1] | source[2] | source[3] | source[4] | source[5] | source[6] | source[7]);
  if (frame->version >> 4 != 6 || frame->hops != 255 || frame->code || discovery_sum(frame) != 0xffff)
    return 0;
  if (!is_group(frame->to) || is_group(frame->from) || unspecified || (source[0] & bpf_htons(0xff00)) == bpf_htons(0xff00))
    return 0;
  if (frame->length != bpf_htons(SOLICITATION_LENGTH) &&
      (frame->option != SOURCE_ADDRESS_OPTION || frame->option_length != 1 || !same_address(frame->option_mac, frame->from)))
    return 0;
  return is_solicited_node(frame->destination, frame->target);
}

__noinline int answer_discovery(struct __sk_buff *skb, __u32 vni)
{
  const __u32 bare = __builtin_offsetof(struct discovery_frame, option);
  struct discovery_frame frame = {};
  if (skb->vlan_present || bpf_skb_load_bytes(skb, 0, &frame, bare) || frame.type != NEIGHBOUR_SOLICITATION)
    return NOT_ANSWERED;
  if (frame.length == bpf_htons(SOLICITATION_LENGTH + 8)) {
    if (bpf_skb_load_bytes(skb, bare, &frame.option, sizeof(frame) - bare))
      return NOT_ANSWERED;
  } else if (frame.length != bpf_htons(SOLICITATION_LENGTH)) {
    return NOT_ANSWERED;
  }
  struct member_key key = {.vni = vni};
  if (!is_solicitation(&frame) || mac_of(frame.target, key.mac) || same_address(key.mac, frame.from))
    return NOT_ANSWERED;
  if (!bpf_map_lookup_elem(&vnet_members, &key))
    return NOT_ANSWERED;
  if (skb->len != sizeof(frame) && bpf_skb_change_tail(skb, sizeof(frame), 0))
    return NOT_ANSWERED;
  copy_address(frame.to, frame.from);
  copy_address(frame.from, key.mac);
  frame.version = 6 << 4;
  frame.traffic_class = 0;
  frame.flow = 0;
  frame.length = bpf_htons(SOLICITATION_LENGTH + 8);
  __builtin_memcpy(frame.destination, frame.source, sizeof(frame.source));
  __builtin_memcpy(frame.source, frame.target, sizeof(frame.target));
  frame.type = NEIGHBOUR_ADVERTISEMENT;
  frame.flags[0] = bpf_htons(ADVERTISEMENT_FLAGS);
  frame.flags[1] = 0;
  frame.option = TARGET_ADDRESS_OPTION;
  frame.option_length = 1;
  copy_address(frame.option_mac, key.mac);
  frame.checksum = 0;
  frame.checksum = ~discovery_sum(&frame);
  return send_answer(skb, &frame, sizeof(frame));
}

/* The TC action if the frame was a question that is answered, back through the device it came from; else NOT_ANSWERED, and the frame is
 * as it was. Pointers into the packet are void afterwards. */
static __always_inline int answer_neighbour(struct __sk_buff *skb, __u32 vni)
{
  if (skb->protocol == bpf_htons(ETH_P_IP))
    return NOT_ANSWERED;
  if (skb->protocol == bpf_htons(ETH_P_ARP))
    return answer_arp(skb, vni);
  __u8 next;
  if (skb->protocol != bpf_htons(ETH_P_IPV6) ||
      bpf_skb_load_bytes(skb, __builtin_offsetof(struct discovery_frame, next), &next, 1) || next != IPPROTO_ICMPV6)
    return NOT_ANSWERED;
  return answer_discovery(skb, vni);
}

#endif
