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

/* The link's next record is not of what followed its last one. */
static __always_inline void interrupt(struct span *span, __u64 now)
{
  if (!span->resume_ns)
    span->resume_ns = now;
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
  struct span *span = bpf_map_lookup_elem(&vnet_spans, &number);
  enum turn turn = span ? turn_of(span, now) : TURN_NONE;
  if (turn == TURN_NONE)
    return 0;
  __u32 segments = segments_of(skb);
  __u32 header = segments > 1 ? FRAME_AT - ETH_HLEN + segment_header(skb, FRAME_AT, type) : 0;
  struct record record = {now, clock, bytes_of(skb, segments, header), number, segments, stamp >> 8, stamp & 0xff};
  submit(span, turn, &record);
  return 0;
}

/* What is read of TCP over plain IPv4 over Ethernet. */
struct segment {
  struct iphdr ip;
  struct tcphdr tcp;
};

/* The link that a connection between these ends carries; 0: none. */
static __always_inline __u32 link_carried(__u32 local, __u32 remote, __u16 local_port, __u16 remote_port)
{
  __u32 number = link_from(CONNECTION, remote);
  struct link *link = number ? bpf_map_lookup_elem(&vnet_links, &number) : 0;
  if (!link || link->local != local || (link->local_port && link->local_port != local_port) ||
      (link->remote_port && link->remote_port != remote_port))
    return 0;
  return number;
}

/* A segment of a connection that carries a link leaves. */
__noinline int record_departure(struct __sk_buff *skb, struct segment *segment)
{
  if (!segment)
    return 0;
  struct tcphdr *tcp = &segment->tcp;
  __u32 number = link_carried(bpf_ntohl(segment->ip.saddr), bpf_ntohl(segment->ip.daddr), bpf_ntohs(tcp->source), bpf_ntohs(tcp->dest));
  struct span *span = number ? bpf_map_lookup_elem(&vnet_spans, &number) : 0;
  if (!span)
    return 0;
  __u64 now = bpf_ktime_get_ns();
  __u32 header = IPV4_LENGTH + tcp->doff * 4;
  if (tcp->syn)
    interrupt(span, now); /* another connection counts from another number */
  if (skb->len <= ETH_HLEN + header)
    return 0;
  enum turn turn = turn_of(span, now);
  if (turn == TURN_NONE)
    return 0;
  __u32 segments = segments_of(skb);
  struct record record = {now, bpf_ntohl(tcp->seq), bytes_of(skb, segments, header), number, segments, RECORD_DEPARTURE};
  record.header = header;
  submit(span, turn, &record);
  return 0;
}

/* A segment of such a connection has come. */
__noinline int record_acknowledgement(struct __sk_buff *skb, struct segment *segment)
{
  if (!segment)
    return 0;
  struct tcphdr *tcp = &segment->tcp;
  __u32 number = link_carried(bpf_ntohl(segment->ip.daddr), bpf_ntohl(segment->ip.saddr), bpf_ntohs(tcp->dest), bpf_ntohs(tcp->source));
  struct span *span = number ? bpf_map_lookup_elem(&vnet_spans, &number) : 0;
  if (!span)
    return 0;
  __u64 now = bpf_ktime_get_ns();
  if (tcp->syn)
    interrupt(span, now);
  if (!tcp->ack || span->acknowledged == tcp->ack_seq)
    return 0;
  span->acknowledged = tcp->ack_seq;
  enum turn turn = turn_of(span, now);
  if (turn == TURN_NONE)
    return 0;
  struct record record = {now, bpf_ntohl(tcp->ack_seq), skb->len - ETH_HLEN, number, 1, RECORD_ACKNOWLEDGEMENT};
  submit(span, turn, &record);
  return 0;
}

#endif
