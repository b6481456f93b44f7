/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* VXLAN as it is on the underlay, and the stamps in it. */
#ifndef VIRTUOSO_WRAPPING_BPF_H
#define VIRTUOSO_WRAPPING_BPF_H

#include "frame.bpf.h"
#include "ip.bpf.h"
#include <linux/tcp.h>
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
  __u8 reserved; /* of a stamp: bits 19 to 12 of its clock */
  __be16 policy; /* of a stamp: its number, and bits 3 to 0 of its clock, above what GBP_ says */
  __be32 vni;    /* and 8 bits, of a stamp: bits 11 to 4 of its clock */
};

#define FRAME_AT (ETH_HLEN + sizeof(struct wrapping))
#define VXLAN_AT (ETH_HLEN + offsetof(struct wrapping, flags))

#define NUMBER_SHIFT 13 /* in the policy */
#define CLOCK_SHIFT 9
#define CLOCK_LOW 0xf
#define POLICY_STAMP 0xfe00

/* Neither fragmented nor with options. */
static __always_inline int is_simple(struct iphdr *ip)
{
  return *(__u8 *)ip == PLAIN_IPV4 && !(ip->frag_off & bpf_htons(FRAGMENT));
}

/* Of UDP: VXLAN without a checksum, as links are. */
static __always_inline int is_vxlan(struct wrapping *outer)
{
  return outer->ip.protocol == IPPROTO_UDP && !outer->udp.check && (outer->flags & ~VXLAN_POLICY) == VXLAN_KNOWN;
}

/* And on its port: only what is of this kind has stamps. */
static __always_inline int is_standard(struct wrapping *outer)
{
  return outer->udp.dest == bpf_htons(VXLAN_PORT);
}

static __always_inline void put_stamp(struct wrapping *outer, __u32 clock, __u32 number)
{
  __u16 policy = bpf_ntohs(outer->policy) & ~POLICY_STAMP;
  outer->flags |= VXLAN_POLICY;
  outer->reserved = clock >> 12;
  outer->policy = bpf_htons(policy | number << NUMBER_SHIFT | (clock & CLOCK_LOW) << CLOCK_SHIFT);
  outer->vni = (outer->vni & ~bpf_htonl(0xff)) | bpf_htonl(clock >> 4 & 0xff);
}

static __always_inline __u32 number_of(struct wrapping *outer)
{
  return outer->flags & VXLAN_POLICY ? bpf_ntohs(outer->policy) >> NUMBER_SHIFT : 0;
}

static __always_inline __u32 clock_of(struct wrapping *outer)
{
  __u32 high = outer->reserved, middle = bpf_ntohl(outer->vni) & 0xff, low = bpf_ntohs(outer->policy) >> CLOCK_SHIFT & CLOCK_LOW;
  return high << 12 | middle << 4 | low;
}

static __always_inline void take_stamp(struct wrapping *outer)
{
  outer->reserved = 0;
  outer->policy &= ~bpf_htons(POLICY_STAMP);
  outer->vni &= ~bpf_htonl(0xff);
}

/* The link whose far end has this address, in host order; 0: none. */
static __always_inline __u32 link_from(__u32 device, __u32 remote)
{
  struct link_end end = {device, remote};
  __u32 *number = bpf_map_lookup_elem(&vnet_peers, &end);
  return number ? *number : 0;
}

static __always_inline __u32 link_to(__u32 remote)
{
  return link_from(UNDERLAY, remote);
}

#endif
