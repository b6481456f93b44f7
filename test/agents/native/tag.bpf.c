// SPDX-License-Identifier: MIT OR GPL-2.0-only
// Stands for the core: gives frames of a guest the tag TCI, or takes the tag away, and sends them out of the interface OUTPUT.
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int tag(struct __sk_buff *skb) {
#ifdef TCI
  if (bpf_skb_vlan_push(skb, bpf_htons(0x88a8), TCI)) return TC_ACT_SHOT;
#else
  if (bpf_skb_vlan_pop(skb)) return TC_ACT_SHOT;
#endif
  return bpf_redirect(OUTPUT, 0);
}

char tag_license[] SEC("license") = "Dual MIT/GPL";
