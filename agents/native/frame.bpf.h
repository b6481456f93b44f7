/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A frame on its way through the core. */
#ifndef VIRTUOSO_FRAME_BPF_H
#define VIRTUOSO_FRAME_BPF_H

#include "maps.bpf.h"
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>

struct frame {
  struct frame_key key; /* its table is the VNI */
  __u32 network;        /* number */
  __u32 device;         /* interface it came from */
  __u32 link;           /* link it came from, 0: none */
  __u32 bytes;          /* on the wire, after segmentation; 0: it is not counted */
  __u32 packets;
  __u8 hops;
  __u8 star;  /* keeps to rules of any source */
  __u8 guest; /* sent by a guest of this host */
  __u8 padding;
};

static __always_inline int drop(__u32 reason)
{
  __u64 *frames = bpf_map_lookup_elem(&vnet_drops, &reason);
  if (frames)
    (*frames)++;
  return TC_ACT_SHOT;
}

/* As three 16-bit words: frames are aligned to two bytes and the verifier insists. */
static __always_inline void copy_mac(__u8 *to, const __u8 *from)
{
  ((__u16 *)to)[0] = ((const __u16 *)from)[0];
  ((__u16 *)to)[1] = ((const __u16 *)from)[1];
  ((__u16 *)to)[2] = ((const __u16 *)from)[2];
}

static __always_inline int same_mac(const __u8 *a, const __u8 *b)
{
  const __u16 *x = (const __u16 *)a, *y = (const __u16 *)b;
  return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

/* Bytes of headers that segmentation repeats in every segment of an offloaded frame, which begins at `at` and is of this type. */
static __always_inline __u32 segment_header(struct __sk_buff *skb, const __u32 at, __be16 type)
{
  __u8 byte;
  __u32 transport, protocol;
  if (type == bpf_htons(ETH_P_IP)) {
    if (bpf_skb_load_bytes(skb, at + ETH_HLEN, &byte, 1))
      return ETH_HLEN;
    transport = ETH_HLEN + (byte & 0xf) * 4;
    if (bpf_skb_load_bytes(skb, at + ETH_HLEN + 9, &byte, 1))
      return transport;
  } else if (type == bpf_htons(ETH_P_IPV6)) {
    transport = ETH_HLEN + 40;
    if (bpf_skb_load_bytes(skb, at + ETH_HLEN + 6, &byte, 1))
      return transport;
  } else {
    return ETH_HLEN;
  }
  protocol = byte;
  if (protocol == IPPROTO_UDP)
    return transport + 8;
  if (protocol != IPPROTO_TCP || bpf_skb_load_bytes(skb, at + transport + 12, &byte, 1))
    return transport;
  return transport + (byte >> 4) * 4;
}

/* How much is to be counted of a frame that begins at `at`, and is of what the kernel takes the whole for. */
static __always_inline void measure(struct __sk_buff *skb, struct frame *frame, const __u32 at)
{
  struct config *config = configuration();
  if (!config || config->uncounted)
    return;
  frame->packets = skb->gso_segs > 1 ? skb->gso_segs : 1;
  frame->bytes = skb->len - at;
  if (frame->packets > 1)
    frame->bytes += (frame->packets - 1) * segment_header(skb, at, skb->protocol);
}

/* Reads addresses and lengths. 0, or -1: the frame is too short. */
static __always_inline int parse(struct __sk_buff *skb, struct frame *frame)
{
  if (skb->data + ETH_HLEN > skb->data_end && bpf_skb_pull_data(skb, ETH_HLEN))
    return -1;
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  if (data + ETH_HLEN > end)
    return -1;
  copy_mac(frame->key.destination, data);
  copy_mac(frame->key.source, data + ETH_ALEN);
  frame->device = skb->ifindex;
  measure(skb, frame, 0);
  return 0;
}

#endif
