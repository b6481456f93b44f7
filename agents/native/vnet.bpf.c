// SPDX-License-Identifier: MIT OR GPL-2.0-only
// The VNET core of one host: tc programs on the ingress of every guest port and of the VXLAN device that all links share.
#include "vnet.h"
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct config);
} vnet_config SEC(".maps");

// Room for two generations of 65,536 rules.
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 131072);
  __type(key, struct frame_key);
  __type(value, struct action);
} vnet_rules SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 131072);
  __type(key, struct flood_key);
  __type(value, struct action);
} vnet_floods SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 16384);
  __type(key, __u32);
  __type(value, struct port);
} vnet_ports SEC(".maps");

// Not LRU: an evicted entry would begin again at zero within the same epoch.
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 65536);
  __type(key, struct frame_key);
  __type(value, struct traffic);
} vnet_matrix SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 16384);
  __type(key, __u32);
  __type(value, struct link_traffic);
} vnet_links SEC(".maps");

// Remote IPv4 addresses, in host order, whose frames are taken. Apart from their counters, which outlive a link.
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 16384);
  __type(key, __u32);
  __type(value, __u32);
} vnet_peers SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, DROP_REASONS);
  __type(key, __u32);
  __type(value, __u64);
} vnet_drops SEC(".maps");

struct frame {
  struct frame_key key;
  __u32 vni;
  __u32 in_device; // interface it came from
  __u32 in_remote; // link it came from, 0: a guest port
  __u32 bytes;     // on the wire, after segmentation
  __u32 packets;
  __u8 hops;
};

static __always_inline int drop(__u32 reason)
{
  __u64 *frames = bpf_map_lookup_elem(&vnet_drops, &reason);
  if (frames)
    (*frames)++;
  return TC_ACT_SHOT;
}

// As three 16-bit words: frames are aligned to two bytes and the verifier insists.
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

// Bytes of headers that segmentation repeats in every segment of an offloaded frame.
static __always_inline __u32 segment_header(struct __sk_buff *skb)
{
  __u8 byte;
  __u32 transport, protocol;
  if (skb->protocol == bpf_htons(ETH_P_IP)) {
    if (bpf_skb_load_bytes(skb, ETH_HLEN, &byte, 1))
      return ETH_HLEN;
    transport = ETH_HLEN + (byte & 0xf) * 4;
    if (bpf_skb_load_bytes(skb, ETH_HLEN + 9, &byte, 1))
      return transport;
  } else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
    transport = ETH_HLEN + 40;
    if (bpf_skb_load_bytes(skb, ETH_HLEN + 6, &byte, 1))
      return transport;
  } else {
    return ETH_HLEN;
  }
  protocol = byte;
  if (protocol == IPPROTO_UDP)
    return transport + 8;
  if (protocol != IPPROTO_TCP || bpf_skb_load_bytes(skb, transport + 12, &byte, 1))
    return transport;
  return transport + (byte >> 4) * 4;
}

static __always_inline int parse(struct __sk_buff *skb, struct frame *frame)
{
  if (bpf_skb_pull_data(skb, ETH_HLEN))
    return -1;
  void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
  if (data + ETH_HLEN > end)
    return -1;
  copy_mac(frame->key.destination, data);
  copy_mac(frame->key.source, data + ETH_ALEN);
  frame->in_device = skb->ifindex;
  frame->packets = skb->gso_segs > 1 ? skb->gso_segs : 1;
  frame->bytes = skb->len;
  if (frame->packets > 1)
    frame->bytes += (frame->packets - 1) * segment_header(skb);
  return 0;
}

// The most specific rule wins: (address, address), (any, address), (address, any), (any, any). Group frames match group rules only.
static __always_inline struct action *match(struct config *config, struct frame *frame)
{
  struct frame_key key = frame->key;
  key.table = config->generation << GENERATION_SHIFT | frame->vni;
  int group = key.destination[0] & 1;
  if (group)
    __builtin_memset(key.destination, 0xff, ETH_ALEN);
  struct action *action = bpf_map_lookup_elem(&vnet_rules, &key);
  if (action)
    return action;
  __builtin_memset(key.source, 0, ETH_ALEN);
  action = bpf_map_lookup_elem(&vnet_rules, &key);
  if (action || group)
    return action;
  key = (struct frame_key){.table = key.table};
  copy_mac(key.source, frame->key.source);
  action = bpf_map_lookup_elem(&vnet_rules, &key);
  if (action)
    return action;
  __builtin_memset(key.source, 0, ETH_ALEN);
  return bpf_map_lookup_elem(&vnet_rules, &key);
}

static __always_inline void count_pair(struct frame *frame)
{
  struct frame_key key = frame->key;
  key.table = frame->vni;
  struct traffic *traffic = bpf_map_lookup_elem(&vnet_matrix, &key);
  if (traffic) {
    traffic->bytes += frame->bytes;
    traffic->packets += frame->packets;
  } else {
    struct traffic first = {frame->bytes, frame->packets};
    bpf_map_update_elem(&vnet_matrix, &key, &first, BPF_NOEXIST);
  }
}

static __always_inline void count_link(__u32 remote, __u32 sent, __u32 received)
{
  struct link_traffic *traffic = bpf_map_lookup_elem(&vnet_links, &remote);
  if (traffic) {
    traffic->sent_bytes += sent;
    traffic->received_bytes += received;
  } else {
    struct link_traffic first = {sent, received};
    bpf_map_update_elem(&vnet_links, &remote, &first, BPF_NOEXIST);
  }
}

// Makes the VXLAN device send the frame to `link`. 0: go on; otherwise a reason to drop.
static __always_inline int aim(struct __sk_buff *skb, struct frame *frame, struct action *link)
{
  if (frame->hops < 2)
    return DROP_HOP_BUDGET;
  struct bpf_tunnel_key key = {};
  key.tunnel_id = frame->vni;
  key.remote_ipv4 = link->target;
  key.local_ipv4 = link->local;
  key.tunnel_ttl = frame->hops - 1;
  // Zero checksum: the inner frame has its own, and UDP over IPv4 allows it.
  if (bpf_skb_set_tunnel_key(skb, &key, sizeof(key), BPF_F_ZERO_CSUM_TX))
    return DROP_ENCAPSULATION;
  count_link(link->target, frame->bytes, 0);
  return 0;
}

// Split horizon: a frame never goes back to where it came from, so that the star cannot loop.
static __always_inline int goes_back(struct frame *frame, struct action *action)
{
  if (action->kind == ACTION_LINK)
    return frame->in_remote && action->target == frame->in_remote;
  return !frame->in_remote && action->target == frame->in_device;
}

struct flood {
  struct __sk_buff *skb;
  struct frame *frame;
  __u32 list;
  __u32 link_device;
};

static long flood_output(__u32 index, struct flood *flood)
{
  struct flood_key key = {flood->list, index};
  struct action *output = bpf_map_lookup_elem(&vnet_floods, &key);
  if (!output)
    return 1;
  if (goes_back(flood->frame, output))
    return 0;
  __u32 device = output->target;
  if (output->kind == ACTION_LINK) {
    int reason = aim(flood->skb, flood->frame, output);
    if (reason) {
      drop(reason);
      return 0;
    }
    device = flood->link_device;
  }
  bpf_clone_redirect(flood->skb, device, 0);
  return 0;
}

static __always_inline int forward(struct __sk_buff *skb, struct config *config, struct frame *frame)
{
  struct action *action = match(config, frame);
  if (!action)
    return drop(DROP_NO_RULE);
  if (!frame->in_remote)
    count_pair(frame);
  if (action->kind == ACTION_FLOOD) {
    struct flood flood = {skb, frame, action->target, config->link_device};
    bpf_loop(FLOOD_MAX, flood_output, &flood, 0);
    return TC_ACT_SHOT; // the copies went out
  }
  if (goes_back(frame, action))
    return drop(DROP_SPLIT_HORIZON);
  if (action->kind == ACTION_PORT)
    return bpf_redirect(action->target, 0);
  int reason = aim(skb, frame, action);
  if (reason)
    return drop(reason);
  return bpf_redirect(config->link_device, 0);
}

// Frames that a guest sends.
SEC("tc")
int vnet_port(struct __sk_buff *skb)
{
  __u32 zero = 0, device = skb->ifindex;
  struct config *config = bpf_map_lookup_elem(&vnet_config, &zero);
  struct port *port = bpf_map_lookup_elem(&vnet_ports, &device);
  if (!config || !port)
    return drop(DROP_NO_PORT);
  struct frame frame = {.vni = port->vni, .hops = HOP_BUDGET};
  if (parse(skb, &frame))
    return drop(DROP_SHORT_FRAME);
  if (!same_mac(frame.key.source, port->mac))
    return drop(DROP_SPOOFED_SOURCE);
  return forward(skb, config, &frame);
}

// Frames that links bring. Only the far ends of this host's own links are believed.
SEC("tc")
int vnet_link(struct __sk_buff *skb)
{
  __u32 zero = 0;
  struct config *config = bpf_map_lookup_elem(&vnet_config, &zero);
  struct bpf_tunnel_key tunnel = {};
  if (!config || bpf_skb_get_tunnel_key(skb, &tunnel, sizeof(tunnel), 0))
    return drop(DROP_ENCAPSULATION);
  __u32 remote = tunnel.remote_ipv4;
  if (!bpf_map_lookup_elem(&vnet_peers, &remote))
    return drop(DROP_NO_PORT);
  struct frame frame = {.vni = tunnel.tunnel_id, .in_remote = remote, .hops = tunnel.tunnel_ttl};
  if (parse(skb, &frame))
    return drop(DROP_SHORT_FRAME);
  count_link(remote, 0, frame.bytes);
  return forward(skb, config, &frame);
}

char _license[] SEC("license") = "Dual MIT/GPL";
