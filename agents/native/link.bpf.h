/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Sending frames over links. */
#ifndef VIRTUOSO_LINK_BPF_H
#define VIRTUOSO_LINK_BPF_H

#include "frame.bpf.h"
#include <linux/if_packet.h>
#include <stddef.h>

#define UNDERLAY_TTL 64

/* What a frame says of itself on a link. */
struct label {
  __u32 vni;
  __u32 network;
  __u8 hops; /* left after this link */
  __u8 star;
};

/* The kernel's `struct vxlan_metadata`, which its headers do not export. */
struct vxlan_metadata {
  __u32 gbp;
};

static __always_inline void count_link(__u32 number, __u32 sent, __u32 received)
{
  struct link_traffic *traffic = sent || received ? bpf_map_lookup_elem(&vnet_traffic, &number) : 0;
  if (!traffic)
    return;
  traffic->sent_bytes += sent;
  traffic->received_bytes += received;
}

static __always_inline __u32 policy_of(struct label *label)
{
  return label->hops | (label->star ? GBP_STAR : 0);
}

static __always_inline int label_vxlan(struct __sk_buff *skb, struct link *link, struct label *label)
{
  struct bpf_tunnel_key key = {};
  key.tunnel_id = label->vni;
  key.remote_ipv4 = link->remote;
  key.local_ipv4 = link->local;
  key.tunnel_ttl = UNDERLAY_TTL;
  /* Zero checksum: the inner frame has its own, and UDP over IPv4 allows it. Fragments would be slow and silent. */
  __u64 flags = BPF_F_ZERO_CSUM_TX | BPF_F_DONT_FRAGMENT;
  if (bpf_skb_set_tunnel_key(skb, &key, sizeof(key), flags) &&
      /* Before Linux 6.0 the route alone decides on the local address. */
      bpf_skb_set_tunnel_key(skb, &key, offsetof(struct bpf_tunnel_key, local_ipv4), flags))
    return -1;
  struct vxlan_metadata metadata = {policy_of(label)};
  return bpf_skb_set_tunnel_opt(skb, &metadata, sizeof(metadata));
}

static __always_inline int label_tag(struct __sk_buff *skb, struct label *label)
{
  __u16 tag = label->network | (label->star ? TAG_STAR : 0) | (__u16)label->hops << TAG_HOPS_SHIFT;
  return bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021AD), tag);
}

/* Makes the frame ready for the link's device. 0, or -1: the kernel would not. */
static __always_inline int put_label(struct __sk_buff *skb, struct link *link, struct label *label)
{
  if (link->kind == LINK_VXLAN)
    return label_vxlan(skb, link, label);
  return link->kind == LINK_DEVICE ? label_tag(skb, label) : -1;
}

/* After a copy went out: the frame as it was. */
static __always_inline void take_label(struct __sk_buff *skb, struct link *link)
{
  if (link->kind == LINK_DEVICE)
    bpf_skb_vlan_pop(skb);
}

#endif
