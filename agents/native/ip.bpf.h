/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the packet functions know of IP. */
#ifndef VIRTUOSO_IP_BPF_H
#define VIRTUOSO_IP_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Bytes of headers without options. */
#define IPV4_LENGTH 20
#define IPV6_LENGTH 40
#define TCP_LENGTH 20
#define IPV6_MTU_MIN 1280
#define FRAGMENT_OFFSET 0x1fff

/* The first `length` bytes of the frame, in one piece; 0: it has less. */
static __always_inline const __u8 *first_bytes(struct __sk_buff *skb, __u32 length)
{
  /* What a compiler remembers of skb->data_end is a number, which no verifier takes for the end of the packet. */
  barrier();
  const __u8 *data = (void *)(long)skb->data;
  if (data + length <= (const __u8 *)(long)skb->data_end)
    return data;
  if (skb->len < length || bpf_skb_pull_data(skb, length))
    return 0;
  data = (void *)(long)skb->data;
  return data + length <= (const __u8 *)(long)skb->data_end ? data : 0;
}

#endif
