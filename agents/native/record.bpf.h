/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What Wren gets to know of packets that pass. No packet waits for it or is lost by it. */
#ifndef VIRTUOSO_RECORD_BPF_H
#define VIRTUOSO_RECORD_BPF_H

#include "wrapping.bpf.h"

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, RECORD_BYTES);
} vnet_records SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, LINK_MAX);
  __type(key, __u32);
  __type(value, struct span);
} vnet_spans SEC(".maps");

/* 0: nothing is recorded. */
static __always_inline struct span *span_of(__u32 number)
{
  struct config *config = configuration();
  return config && !config->unrecorded ? bpf_map_lookup_elem(&vnet_spans, &number) : 0;
}

enum turn { TURN_NONE, TURN_NEXT, TURN_AFTER_GAP };

/* Whether the link may have a record now. Processors that ask at once may have a few more. */
static __always_inline enum turn turn_of(struct span *span, __u64 now)
{
  __u64 resume = span->resume_ns, paid = span->paid_ns;
  if ((__s64)(now - resume) < 0)
    return TURN_NONE;
  if ((__s64)(now - paid) > (__s64)RECORD_SAVINGS * RECORD_NS)
    paid = now - (__u64)RECORD_SAVINGS * RECORD_NS;
  if ((__s64)(now - paid) < RECORD_NS) {
    span->resume_ns = paid + (__u64)RECORD_STRETCH * RECORD_NS;
    return TURN_NONE;
  }
  span->paid_ns = paid + RECORD_NS;
  span->resume_ns = 0;
  return resume ? TURN_AFTER_GAP : TURN_NEXT;
}

/* Bytes at the IP layer of all segments of a packet, each of which has `header` bytes of headers behind that of Ethernet. */
static __always_inline __u32 bytes_of(struct __sk_buff *skb, __u32 segments, __u32 header)
{
  return skb->len - ETH_HLEN + (segments - 1) * header;
}

static __always_inline __u32 segments_of(struct __sk_buff *skb)
{
  return skb->gso_segs > 1 ? skb->gso_segs : 1;
}

static __always_inline void submit(struct span *span, enum turn turn, struct record *what)
{
  struct record *record = bpf_ringbuf_reserve(&vnet_records, sizeof(*record), 0);
  if (!record) {
    /* Nobody reads, or not fast enough. */
    span->resume_ns = what->at_ns + (__u64)RECORD_STRETCH * RECORD_NS;
    return;
  }
  *record = *what;
  record->is_after_gap = turn == TURN_AFTER_GAP;
  bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

/* A stamped packet has come. Global, as what follows: verified once, apart from its callers. */
__noinline int record_arrival(struct __sk_buff *skb, __u32 number, __u32 clock, __u32 stamp, __u32 type)
{
  __u64 now = bpf_ktime_get_ns();
  struct span *span = span_of(number);
  enum turn turn = span ? turn_of(span, now) : TURN_NONE;
  if (turn == TURN_NONE)
    return 0;
  __u32 segments = segments_of(skb);
  __u32 header = segments > 1 ? FRAME_AT - ETH_HLEN + segment_header(skb, FRAME_AT, type) : 0;
  struct record record = {now, clock, bytes_of(skb, segments, header), number, segments, stamp >> 8, stamp & 0xff};
  submit(span, turn, &record);
  return 0;
}

/* What is read of TCP over plain IPv4. */
struct segment {
  struct iphdr ip;
  struct tcphdr tcp;
};

/* Which link this is the carrier of, between addresses and ports in network order; 0: none. */
static __always_inline __u32 link_carried(__u32 local, __u32 remote, __u16 local_port, __u16 remote_port, enum link_kind kind)
{
  __u32 number = link_from(CARRIER, bpf_ntohl(remote));
  struct link *link = number ? bpf_map_lookup_elem(&vnet_links, &number) : 0;
  if (!link || link->kind != kind || bpf_htonl(link->local) != local || (link->local_port && bpf_htons(link->local_port) != local_port) ||
      (link->remote_port && bpf_htons(link->remote_port) != remote_port))
    return 0;
  return number;
}

/* The same for both ways of a connection. */
static __always_inline __u32 flow_of(__u32 local, __u32 remote, __u16 local_port, __u16 remote_port)
{
  __u32 flow = (local * 0x9e3779b1 ^ remote) * 0x85ebca6b;
  return (flow ^ ((__u32)local_port << 16 | remote_port)) * 0xc2b2ae35;
}

/* A segment of TCP leaves over a link, or beneath it; its IP begins at `at`. */
__noinline int record_departure(struct __sk_buff *skb, struct segment *segment, __u32 number, __u32 at)
{
  struct span *span = span_of(number);
  if (!segment || !span)
    return 0;
  struct tcphdr *tcp = &segment->tcp;
  __u64 now = bpf_ktime_get_ns();
  __u32 header = at - ETH_HLEN + IPV4_LENGTH + tcp->doff * 4;
  enum turn turn = skb->len > ETH_HLEN + header ? turn_of(span, now) : TURN_NONE;
  if (turn == TURN_NONE)
    return 0;
  __u32 segments = segments_of(skb);
  struct record record = {now, bpf_ntohl(tcp->seq), bytes_of(skb, segments, header), number, segments, RECORD_DEPARTURE};
  record.header = header;
  record.flow = flow_of(segment->ip.saddr, segment->ip.daddr, tcp->source, tcp->dest);
  submit(span, turn, &record);
  return 0;
}

/* Such a segment has come back. */
__noinline int record_acknowledgement(struct __sk_buff *skb, struct segment *segment, __u32 number)
{
  struct span *span = span_of(number);
  if (!segment || !span || !segment->tcp.ack)
    return 0;
  struct tcphdr *tcp = &segment->tcp;
  __u32 flow = flow_of(segment->ip.daddr, segment->ip.saddr, tcp->dest, tcp->source);
  if (span->acknowledged == (tcp->ack_seq ^ flow))
    return 0;
  span->acknowledged = tcp->ack_seq ^ flow;
  __u64 now = bpf_ktime_get_ns();
  enum turn turn = turn_of(span, now);
  if (turn == TURN_NONE)
    return 0;
  struct record record = {now, bpf_ntohl(tcp->ack_seq), skb->len - ETH_HLEN, number, 1, RECORD_ACKNOWLEDGEMENT};
  record.flow = flow;
  submit(span, turn, &record);
  return 0;
}

#define INNER_AT (FRAME_AT + ETH_HLEN)

/* 0: the frame in VXLAN is a segment of TCP. */
static __always_inline int read_inner(struct __sk_buff *skb, struct segment *segment)
{
  __be16 type;
  if (bpf_skb_load_bytes(skb, INNER_AT - sizeof(type), &type, sizeof(type)) || type != bpf_htons(ETH_P_IP) ||
      bpf_skb_load_bytes(skb, INNER_AT, segment, sizeof(*segment)))
    return -1;
  return is_simple(&segment->ip) && segment->ip.protocol == IPPROTO_TCP ? 0 : -1;
}

/* What a link without stamps tells: when its guests' TCP segments leave, and when they are acknowledged. */
__noinline int record_inner_departure(struct __sk_buff *skb, __u32 number)
{
  struct segment segment;
  return read_inner(skb, &segment) ? 0 : record_departure(skb, &segment, number, INNER_AT);
}

__noinline int record_inner_acknowledgement(struct __sk_buff *skb, __u32 number)
{
  struct segment segment;
  return read_inner(skb, &segment) ? 0 : record_acknowledgement(skb, &segment, number);
}

#endif
