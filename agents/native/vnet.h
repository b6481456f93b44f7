/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the VNET core in the kernel and the agent share. agents/vnet/layout.ts has the same offsets; a test compares them. */
#ifndef VIRTUOSO_VNET_H
#define VIRTUOSO_VNET_H

#include <linux/types.h>

#define GENERATION_SHIFT 24 /* a VXLAN network identifier has 24 bits */
#define FLOOD_MAX 512       /* outputs of one group rule */
#define HOP_BUDGET 64       /* overlay hops of one frame, carried in the outer TTL */
#define OWNER_LENGTH 64

enum action_kind { ACTION_PORT = 1, ACTION_LINK = 2, ACTION_FLOOD = 3 };

/* In the order of agents/vnet/drops.ts. */
enum drop_reason {
  DROP_NO_PORT,
  DROP_SPOOFED_SOURCE,
  DROP_NO_RULE,
  DROP_HOP_BUDGET,
  DROP_SHORT_FRAME,
  DROP_SPLIT_HORIZON,
  DROP_ENCAPSULATION,
  DROP_REASONS
};

/* Rules: table = generation << GENERATION_SHIFT | vni; address 0 = any; destination ff:ff:ff:ff:ff:ff = group.
 * Matrix: table = vni. */
struct frame_key {
  __u32 table;
  __u8 source[6];
  __u8 destination[6];
};

struct action {
  __u32 kind;
  __u32 target; /* port: interface index; link: remote IPv4 address in host order; flood: list */
  __u32 local;  /* link: local IPv4 address in host order */
};

/* One output of a flood list; the generation is in the top bits of the list, so that it switches with the rules. */
struct flood_key {
  __u32 list;
  __u32 index;
};

/* Keyed by interface index. */
struct port {
  __u32 vni;
  __u8 mac[6];
  __u8 padding[2];
};

struct traffic {
  __u64 bytes;
  __u64 packets;
};

/* Keyed by remote IPv4 address in host order. */
struct link_traffic {
  __u64 sent_bytes;
  __u64 received_bytes;
};

struct config {
  __u32 generation;
  __u32 link_device; /* interface index of the VXLAN device that all links share */
  __u64 epoch;       /* names this life of the counters */
  char owner[OWNER_LENGTH];
};

#endif
