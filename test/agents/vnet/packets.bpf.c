// SPDX-License-Identifier: MIT OR GPL-2.0-only
// The core's packet functions one by one, for tests. Control words of a frame: the VNI or MTU; how many bytes of it there are, 0: all; its
// VLAN, 0: none.
#include "neighbours.bpf.h"
#include "sizes.bpf.h"

// The kernel's tests take no IP frames without a whole IP header: such are made here.
static __always_inline int prepare(struct __sk_buff *skb)
{
  __u32 length = skb->cb[1], vlan = skb->cb[2];
  return (length && bpf_skb_change_tail(skb, length, 0)) || (vlan && bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), vlan));
}

SEC("tc")
int answer(struct __sk_buff *skb)
{
  return prepare(skb) ? TC_ACT_STOLEN : answer_neighbour(skb, skb->cb[0]);
}

SEC("tc")
int size(struct __sk_buff *skb)
{
  return prepare(skb) ? TC_ACT_STOLEN : fit(skb, skb->cb[0]);
}

char _license[] SEC("license") = "Dual MIT/GPL";
