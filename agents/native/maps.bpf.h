/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the programs of the core look up and count. */
#ifndef VIRTUOSO_MAPS_BPF_H
#define VIRTUOSO_MAPS_BPF_H

#include "vnet.h"
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct config);
} vnet_config SEC(".maps");

struct rules {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1);
  __uint(key_size, sizeof(struct frame_key));
  __uint(value_size, sizeof(struct action));
};

/* The whole forwarding table is one map in here: it is filled before it is put here, and replaced by another at once. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 1);
  __type(key, __u32);
  __array(values, struct rules);
} vnet_rules SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, NETWORK_MAX);
  __type(key, __u32);
  __type(value, struct network);
} vnet_networks SEC(".maps");

/* Number of a network by its VNI. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, NETWORK_MAX);
  __type(key, __u32);
  __type(value, __u32);
} vnet_numbers SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 16384);
  __type(key, __u32);
  __type(value, struct port);
} vnet_ports SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, LINK_MAX);
  __type(key, __u32);
  __type(value, struct link);
} vnet_links SEC(".maps");

/* Number of the link that frames from there belong to. Frames from elsewhere are not taken. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, LINK_MAX);
  __type(key, struct link_end);
  __type(value, __u32);
} vnet_peers SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, LINK_MAX);
  __type(key, __u32);
  __type(value, struct liveness);
} vnet_liveness SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, LINK_MAX);
  __type(key, __u32);
  __type(value, struct link_traffic);
} vnet_traffic SEC(".maps");

/* Not LRU: an evicted entry would begin again at zero within the same epoch. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 262144);
  __type(key, struct frame_key);
  __type(value, struct traffic);
} vnet_matrix SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, DROP_REASONS);
  __type(key, __u32);
  __type(value, __u64);
} vnet_drops SEC(".maps");

static __always_inline struct config *configuration(void)
{
  __u32 zero = 0;
  return bpf_map_lookup_elem(&vnet_config, &zero);
}

#endif
