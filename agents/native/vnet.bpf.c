// SPDX-License-Identifier: MIT OR GPL-2.0-only
// The VNET core of one host: tc programs on the ingress of guest ports, LAN devices, links' devices, the underlay's devices and
// the pulse device, and on the egress of the underlay's devices.
#include "departure.bpf.h"
#include "forward.bpf.h"
#include "neighbours.bpf.h"
#include "pulse.bpf.h"
#include "sizes.bpf.h"
#include "underlay.bpf.h"

// What comes from a guest or the LAN and is not carried as it is: neighbours are answered for, sizes made to fit. -1: go on.
// Global: verified once, apart from what its callers know of the frame.
__noinline int receive(struct __sk_buff *skb, __u32 vni, __u32 mtu)
{
  int action = answer_neighbour(skb, vni);
  if (action >= 0)
    return action;
  action = fit(skb, mtu);
  if (action >= 0)
    drop(DROP_TOO_BIG); // the frame; what leaves in its place tells its sender
  return action;
}

// Frames that a guest sends.
SEC("tc")
int vnet_port(struct __sk_buff *skb)
{
  __u32 device = skb->ifindex;
  struct port *port = bpf_map_lookup_elem(&vnet_ports, &device);
  if (!port)
    return drop(DROP_NO_PORT);
  struct frame frame = {.network = port->network, .hops = HOP_BUDGET, .guest = 1};
  if (parse(skb, &frame))
    return drop(DROP_SHORT_FRAME);
  if (!same_mac(frame.key.source, port->mac))
    return drop(DROP_SPOOFED_SOURCE);
  struct network *network = bpf_map_lookup_elem(&vnet_networks, &frame.network);
  if (!network)
    return drop(DROP_UNKNOWN_NETWORK);
  frame.key.table = network->vni;
  int done = receive(skb, network->vni, network->mtu);
  return done >= 0 ? done : forward(skb, &frame);
}

// Frames of the user's LAN. Of those only frames to VMs and groups enter, and none that a VM has sent: else LAN and overlay form a
// loop. What is addressed to the host itself stays the host's.
SEC("tc")
int vnet_lan(struct __sk_buff *skb)
{
  __u32 device = skb->ifindex, zero = 0;
  struct port *port = bpf_map_lookup_elem(&vnet_ports, &device);
  void *rules = bpf_map_lookup_elem(&vnet_rules, &zero);
  if (!port || !rules || skb->pkt_type == PACKET_HOST)
    return TC_ACT_OK;
  struct frame frame = {.network = port->network, .hops = HOP_BUDGET};
  if (parse(skb, &frame))
    return drop(DROP_SHORT_FRAME);
  struct network *network = bpf_map_lookup_elem(&vnet_networks, &frame.network);
  if (!network)
    return drop(DROP_UNKNOWN_NETWORK);
  frame.key.table = network->vni;
  int group = frame.key.destination[0] & 1;
  if (is_member(rules, network->vni, frame.key.source) || (!group && !is_member(rules, network->vni, frame.key.destination)))
    return drop(DROP_LAN_FILTER);
  int done = receive(skb, network->vni, network->mtu);
  if (done >= 0)
    return done;
  done = forward(skb, &frame);
  return group ? TC_ACT_OK : done;
}

// Frames that VXLAN links bring. Only the far ends of this host's own links are believed.
SEC("tc")
int vnet_link(struct __sk_buff *skb)
{
  struct bpf_tunnel_key tunnel = {};
  struct vxlan_metadata metadata = {};
  if (bpf_skb_get_tunnel_key(skb, &tunnel, offsetof(struct bpf_tunnel_key, local_ipv4), 0))
    return drop(DROP_ENCAPSULATION);
  struct link_end end = {skb->ifindex, tunnel.remote_ipv4};
  __u32 *link = bpf_map_lookup_elem(&vnet_peers, &end);
  if (!link)
    return drop(DROP_NO_PORT);
  __u32 vni = tunnel.tunnel_id;
  if (!vni)
    return take_pulse(skb, *link);
  __u32 *number = bpf_map_lookup_elem(&vnet_numbers, &vni);
  if (!number)
    return drop(DROP_UNKNOWN_NETWORK);
  // A header whose Group Policy ID would be 0 has none.
  bpf_skb_get_tunnel_opt(skb, &metadata, sizeof(metadata));
  struct frame frame = {.network = *number, .link = *link};
  frame.key.table = vni;
  frame.hops = metadata.gbp & GBP_HOPS;
  frame.star = !!(metadata.gbp & GBP_STAR);
  if (parse(skb, &frame))
    return drop(DROP_SHORT_FRAME);
  hear(frame.link);
  count_link(frame.link, 0, frame.bytes);
  return forward(skb, &frame);
}

// Frames that a pump brings through its TAP device.
SEC("tc")
int vnet_carrier(struct __sk_buff *skb)
{
  struct link_end end = {skb->ifindex, 0};
  __u32 *link = bpf_map_lookup_elem(&vnet_peers, &end);
  if (!link)
    return drop(DROP_NO_PORT);
  __u32 tag = skb->vlan_tci;
  if (!skb->vlan_present || skb->vlan_proto != bpf_htons(ETH_P_8021AD) || bpf_skb_vlan_pop(skb))
    return drop(DROP_ENCAPSULATION);
  struct frame frame = {.network = tag & TAG_NETWORK, .link = *link};
  if (!frame.network)
    return take_pulse(skb, frame.link);
  struct network *network = bpf_map_lookup_elem(&vnet_networks, &frame.network);
  if (!network || !network->vni)
    return drop(DROP_UNKNOWN_NETWORK);
  frame.key.table = network->vni;
  frame.hops = tag >> TAG_HOPS_SHIFT;
  frame.star = !!(tag & TAG_STAR);
  if (parse(skb, &frame))
    return drop(DROP_SHORT_FRAME);
  hear(frame.link);
  count_link(frame.link, 0, frame.bytes);
  return forward(skb, &frame);
}

// A frame of the pulse device: over links from cb[0] on.
SEC("tc")
int vnet_pulses(struct __sk_buff *skb)
{
  struct config *config = configuration();
  __u32 first = skb->cb[0];
  if (!config)
    return TC_ACT_SHOT;
  for (__u32 index = 0; index < PULSE_BATCH; index++) {
    if (first + index >= config->links)
      return TC_ACT_SHOT;
    pulse_over(skb, first + index);
  }
  skb->cb[0] = first + PULSE_BATCH;
  bpf_tail_call(skb, &vnet_calls, 0);
  return TC_ACT_SHOT;
}

SEC("tc")
int vnet_pulse(struct __sk_buff *skb)
{
  skb->cb[0] = 1;
  bpf_tail_call(skb, &vnet_calls, 0);
  return TC_ACT_SHOT;
}

char _license[] SEC("license") = "Dual MIT/GPL";
