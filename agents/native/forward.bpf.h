/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* From a frame to where it goes. */
#ifndef VIRTUOSO_FORWARD_BPF_H
#define VIRTUOSO_FORWARD_BPF_H

#include "link.bpf.h"
#include "rank.bpf.h"

/* Split horizon: a frame never goes back to where it came from, so that the star cannot loop. */
static __always_inline int goes_back(struct frame *frame, struct action *action)
{
  if (action->kind == ACTION_LINK)
    return action->target == frame->link;
  return !frame->link && action->target == frame->device;
}

static __always_inline void count_pair(struct frame *frame)
{
  struct traffic *traffic = bpf_map_lookup_elem(&vnet_matrix, &frame->key);
  if (traffic) {
    traffic->bytes += frame->bytes;
    traffic->packets += frame->packets;
  } else {
    struct traffic first = {frame->bytes, frame->packets};
    bpf_map_update_elem(&vnet_matrix, &frame->key, &first, BPF_NOEXIST);
  }
}

static __always_inline int aim(struct __sk_buff *skb, struct frame *frame, struct link *link)
{
  struct label label = {frame->key.table, frame->network, frame->hops - 1, frame->star};
  return put_label(skb, link, &label);
}

static __always_inline int send(struct __sk_buff *skb, struct frame *frame, __u32 number)
{
  struct link *link = bpf_map_lookup_elem(&vnet_links, &number);
  if (!frame->hops)
    return drop(DROP_HOP_BUDGET);
  if (!link || aim(skb, frame, link))
    return drop(DROP_ENCAPSULATION);
  count_link(number, frame->bytes, 0);
  return bpf_redirect(link->device, 0);
}

/* Global: verified once, and not again for each program and each turn of a loop that calls it. */
__noinline int send_copy(struct __sk_buff *skb, struct frame *frame, __u32 number)
{
  struct link *link = bpf_map_lookup_elem(&vnet_links, &number);
  if (!frame)
    return 0;
  if (!frame->hops)
    return drop(DROP_HOP_BUDGET);
  if (!link || aim(skb, frame, link))
    return drop(DROP_ENCAPSULATION);
  count_link(number, frame->bytes, 0);
  bpf_clone_redirect(skb, link->device, 0);
  take_label(skb, link);
  return 0;
}

static __always_inline void flood(struct __sk_buff *skb, void *rules, struct frame *frame, __u32 list)
{
  for (__u16 index = 0; index < FLOOD_MAX; index++) {
    struct action *output = output_of(rules, list, index);
    if (!output)
      return;
    if (goes_back(frame, output))
      continue;
    if (output->kind == ACTION_LINK)
      send_copy(skb, frame, output->target);
    else
      bpf_clone_redirect(skb, output->target, 0);
  }
}

/* Straight to the other end of the port, in the guest's namespace, without a turn through the queue between the two. Nothing looks at
 * the destination there again, so whether the guest is meant is said here. */
static __always_inline int enter_guest(struct __sk_buff *skb, struct frame *frame, __u32 device)
{
  struct port *port = bpf_map_lookup_elem(&vnet_ports, &device);
  if (port)
    bpf_skb_change_type(skb, same_mac(port->mac, frame->key.destination) ? PACKET_HOST : PACKET_OTHERHOST);
  return bpf_redirect_peer(device, 0);
}

/* Global, as above. */
__noinline int forward(struct __sk_buff *skb, struct frame *frame)
{
  __u32 zero = 0;
  void *rules = bpf_map_lookup_elem(&vnet_rules, &zero);
  if (!frame)
    return TC_ACT_SHOT;
  __u32 number = frame->network;
  struct network *network = bpf_map_lookup_elem(&vnet_networks, &number);
  struct action *action = rules && network ? match(rules, network->classes, frame) : 0;
  if (!action)
    return drop(DROP_NO_RULE);
  if (frame->guest && frame->bytes)
    count_pair(frame);
  if (action->kind == ACTION_FLOOD) {
    flood(skb, rules, frame, action->target);
    return TC_ACT_SHOT; /* the copies went out */
  }
  if (goes_back(frame, action))
    return drop(DROP_SPLIT_HORIZON);
  if (action->kind == ACTION_LINK)
    return send(skb, frame, action->target);
  if (action->kind == ACTION_PEER_PORT)
    return enter_guest(skb, frame, action->target);
  return bpf_redirect(action->target, 0);
}

#endif
