/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the VNET core in the kernel and the agent share. agents/vnet/layout.ts has the same offsets; a test compares them. */
#ifndef VIRTUOSO_VNET_H
#define VIRTUOSO_VNET_H

#include <linux/types.h>

#define CLASS_SHIFT 24    /* a VXLAN network identifier has 24 bits */
#define FLOOD_MAX 512     /* outputs of one group rule */
#define LINK_MAX 4096     /* links are numbered from 1 */
#define NETWORK_MAX 1024  /* networks are numbered from 1 */
#define HOP_BUDGET 16     /* links that one frame may cross */
#define OWNER_LENGTH 64

/* Group Policy ID of VXLAN: hops left and the star mark. */
#define GBP_HOPS 0xff
#define GBP_STAR 0x100

/* Stamps: when a packet of a link left, and which one it is, in bits of the VXLAN header that mean nothing to others. They are put on at
 * the underlay's device of the sender, and taken off at that of the receiver: the kernel takes no packet that has them. */
#define STAMP_CLOCK 0xfffff /* microseconds of the sender's monotonic clock */
#define STAMP_NUMBERS 7     /* a link's packets have numbers from 1 on, again and again; 0: no stamp */

/* Tag (802.1ad) of every frame on a TAP device: network number, star mark, hops left. Number 0: a keep-alive. */
#define TAG_NETWORK 0x3ff
#define TAG_STAR 0x400
#define TAG_HOPS_SHIFT 11

/* Keep-alives are frames of network 0 with this EtherType and `struct pulse` as payload, filled up to any length. */
#define PULSE_ETHERTYPE 0x88b5
#define PULSE_MAGIC 0x56504c31 /* "VPL1" in host order of the wire's big-endian word */
#define PULSE_HEARD 1          /* the sender hears the receiver */
#define PULSE_LARGE 2          /* as long as the largest frame that guests may send */
#define PULSE_ASKING 4         /* the sender does not know whether the receiver hears it: answer at once */
#define PULSE_UNSTAMPS 8       /* the sender takes stamps off what the receiver sends it */
#define PULSE_LARGE_BYTES 256  /* what is longer is large */

struct pulse {
  __be32 magic;
  __u8 flags;
  __u8 reserved[3];
};

enum action_kind { ACTION_PORT = 1, ACTION_LINK = 2, ACTION_FLOOD = 3, ACTION_LAN = 4, ACTION_PEER_PORT = 5 };
enum link_kind { LINK_VXLAN = 1, LINK_DEVICE = 2 };

/* In the order of agents/vnet/drops.ts. */
enum drop_reason {
  DROP_NO_PORT,
  DROP_SPOOFED_SOURCE,
  DROP_NO_RULE,
  DROP_HOP_BUDGET,
  DROP_SHORT_FRAME,
  DROP_SPLIT_HORIZON,
  DROP_ENCAPSULATION,
  DROP_LAN_FILTER,
  DROP_TOO_BIG,
  DROP_UNKNOWN_NETWORK,
  DROP_REASONS
};

/* Classes of rules, source first, in the order of matchRule in schema/forwarding.ts; then what else
 * the rule map holds. In the top bits of a key's table. */
enum rule_class {
  RULE_ADDRESS_ADDRESS,
  RULE_NOT_ADDRESS,
  RULE_ADDRESS_NOT,
  RULE_ANY_ADDRESS,
  RULE_ADDRESS_ANY,
  RULE_ANY_NOT,
  RULE_NOT_ANY,
  RULE_ADDRESS_NONE,
  RULE_ANY_ANY,
  RULE_ADDRESS_GROUP,
  RULE_ANY_GROUP,
  RULE_FLOOD_OUTPUT, /* an output of a flood list: the list instead of a VNI, the position in the first bytes of the source */
  RULE_MEMBER,       /* the destination is a VM of the network */
  RULE_CLASSES
};

/* Rules: table = class << CLASS_SHIFT | VNI, and the addresses that the class has, else zeros. Matrix: table = VNI. */
struct frame_key {
  __u32 table;
  __u8 source[6];
  __u8 destination[6];
};

struct action {
  __u16 kind;
  __u8 excluded[6]; /* the address X of a `not-X` */
  __u32 target;     /* port and LAN: interface index; link: number; flood: list */
};

/* By number. A kind of 0: there is none. */
struct link {
  __u32 kind;
  __u32 device; /* interface index of a VXLAN or TAP device */
  __u32 remote; /* IPv4 addresses in host order, of VXLAN or of the TCP connection that carries the link; 0: none is known */
  __u32 local;
  __u16 remote_port; /* of the TCP connection, 0: any; of VXLAN on a port of its own, which both have */
  __u16 local_port;
  __u32 stamped; /* 1: packets to the peer are stamped, if it takes stamps off */
};

/* No devices have these indices. */
#define UNDERLAY 0
#define CARRIER 0xffffffff

/* Where a link's frames come from. */
struct link_end {
  __u32 device; /* UNDERLAY: VXLAN on its standard port, before a VXLAN device has it; CARRIER: TCP, or VXLAN on another port */
  __u32 remote; /* 0 on a TAP device */
};

/* What keep-alives have told of a link, on the monotonic clock. */
struct liveness {
  __u64 heard_ns;     /* last frame of the peer */
  __u64 confirmed_ns; /* last keep-alive that said that the peer hears this host */
  __u64 first_ns;     /* first of those */
  __u64 large_ns;     /* last large keep-alive of the peer */
  __u64 seen_ns;      /* last packet of the peer at the underlay's device, where stamps are taken off */
  __u64 unstamps_ns;  /* last keep-alive that said that the peer takes them off */
};

/* What Wren gets to know of the packets of links. */
enum record_kind {
  RECORD_ARRIVAL = 1,    /* of a stamped packet */
  RECORD_PULSE,          /* of a stamped keep-alive, which may have overtaken others */
  RECORD_DEPARTURE,      /* of data of TCP: of the connection that carries a link, or of one in a link without stamps */
  RECORD_ACKNOWLEDGEMENT /* that came for such data */
};

#define RECORD_BYTES 1048576 /* room for what nobody has read yet */
#define RECORD_NS 200000     /* a link gains a record in that time: 5,000 a second */
#define RECORD_SAVINGS 2048  /* and saves up so many */
#define RECORD_STRETCH 1024  /* after it has run out, it waits until it has so many: packets without neighbours tell little */

struct record {
  __u64 at_ns;    /* on this host's monotonic clock */
  __u32 mark;     /* arrival: the stamp's clock; departure: sequence number of the first byte; acknowledgement: its number */
  __u32 bytes;    /* at the IP layer, of all segments */
  __u16 link;     /* number */
  __u16 segments;
  __u8 kind;
  __u8 number;    /* the stamp's */
  __u8 is_after_gap; /* others of the link were not recorded before this */
  __u8 header;    /* departure: bytes of each segment before its data */
  __u32 flow;     /* names a TCP connection of the link */
  __u32 padding;
};

/* By the number of a link: what it may still have recorded. */
struct span {
  __u64 paid_ns;   /* its records are paid for with the time up to then */
  __u64 resume_ns; /* it has none before then; 0: it has missed none */
  __u32 acknowledged; /* what was acknowledged last */
  __u32 padding;
};

struct link_traffic {
  __u64 sent_bytes;
  __u64 received_bytes;
};

/* By number. A VNI of 0: there is none. */
struct network {
  __u32 vni;
  __u32 mtu;
  __u32 classes; /* bits of the classes that its rules are of, or more */
};

/* Guest ports and LAN devices, by interface index. */
struct port {
  __u32 network;
  __u8 mac[6]; /* of a guest */
  __u8 padding[2];
};

struct traffic {
  __u64 bytes;
  __u64 packets;
};

struct config {
  __u64 epoch; /* names this life of the counters */
  __u64 keep_alive_ns;
  __u32 links; /* all numbers of links are below */
  __u32 uncounted; /* 1: no traffic is counted, to measure what counting costs */
  char owner[OWNER_LENGTH]; /* stays where it is: cores of all versions are looked at for it */
  __u32 unrecorded; /* 1: no packet is stamped or recorded, to measure what that costs */
  __u32 padding;
};

#endif
