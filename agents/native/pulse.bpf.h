/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Keep-alives: one frame of the pulse device goes over every link, saying of each whether its peer is heard. */
#ifndef VIRTUOSO_PULSE_BPF_H
#define VIRTUOSO_PULSE_BPF_H

#include "link.bpf.h"
#include "liveness.bpf.h"

#define PULSE_BATCH 128 /* links of one run of the program */
#define PULSE_PRIORITY 7 /* TC_PRIO_CONTROL: overtakes what fills the queue of a device, so that a busy link is not taken for a dead one */

int vnet_pulses(struct __sk_buff *skb);

/* A program that calls itself has room for more links than the verifier likes to follow in one loop. */
struct {
  __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
  __uint(max_entries, 1);
  __uint(key_size, sizeof(__u32));
  __array(values, int(struct __sk_buff *));
} vnet_calls SEC(".maps") = {.values = {[0] = (void *)&vnet_pulses}};

static __always_inline int write_pulse(struct __sk_buff *skb, __u32 number, __u8 flags)
{
  struct pulse pulse = {.magic = bpf_htonl(PULSE_MAGIC), .flags = flags | (is_up(number) ? 0 : PULSE_ASKING)};
  struct liveness *liveness = bpf_map_lookup_elem(&vnet_liveness, &number);
  struct config *config = configuration();
  if (liveness && config && unstamps(liveness, config))
    pulse.flags |= PULSE_UNSTAMPS;
  if (skb->len > PULSE_LARGE_BYTES)
    pulse.flags |= PULSE_LARGE;
  return bpf_skb_store_bytes(skb, ETH_HLEN, &pulse, sizeof(pulse), 0);
}

/* Global: verified once, and not again for each turn of the loop that calls it. */
__noinline int pulse_over(struct __sk_buff *skb, __u32 number)
{
  struct config *config = configuration();
  struct link *link = bpf_map_lookup_elem(&vnet_links, &number);
  struct liveness *liveness = bpf_map_lookup_elem(&vnet_liveness, &number);
  struct label label = {};
  if (!config || !link || !link->kind || !liveness)
    return 0;
  if (write_pulse(skb, number, is_heard(liveness, config) ? PULSE_HEARD : 0) || put_label(skb, link, &label))
    return drop(DROP_ENCAPSULATION);
  skb->priority = PULSE_PRIORITY;
  bpf_clone_redirect(skb, link->device, 0);
  take_label(skb, link);
  return 0;
}

/* A keep-alive that came over a link, without its label. It is answered at once where that tells the peer something new, so that a link
 * is up as soon as it carries both ways. Answers end: who gets one is confirmed, and asks no more. */
static __always_inline int take_pulse(struct __sk_buff *skb, __u32 number)
{
  struct pulse pulse;
  __u16 protocol;
  if (bpf_skb_load_bytes(skb, ETH_HLEN - sizeof(protocol), &protocol, sizeof(protocol)) ||
      bpf_skb_load_bytes(skb, ETH_HLEN, &pulse, sizeof(pulse)))
    return drop(DROP_SHORT_FRAME);
  if (protocol != bpf_htons(PULSE_ETHERTYPE) || pulse.magic != bpf_htonl(PULSE_MAGIC))
    return drop(DROP_UNKNOWN_NETWORK);
  hear_pulse(number, pulse.flags);
  struct link *link = bpf_map_lookup_elem(&vnet_links, &number);
  struct label label = {};
  if (pulse.flags & PULSE_HEARD && !(pulse.flags & PULSE_ASKING))
    return TC_ACT_SHOT;
  if (!link || write_pulse(skb, number, PULSE_HEARD) || put_label(skb, link, &label))
    return TC_ACT_SHOT;
  skb->priority = PULSE_PRIORITY;
  return bpf_redirect(link->device, 0);
}

#endif
