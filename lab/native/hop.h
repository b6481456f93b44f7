/* SPDX-License-Identifier: Apache-2.0 */
/* One queue with the wire behind it. Bytes are those of the IP layer, times in ns since the emulator began. */
#ifndef VIRTUOSO_HOP_H
#define VIRTUOSO_HOP_H

#include <stdint.h>

#include "cross-traffic.h"

struct hop_settings {
  double rate_mbps;
  double queue_bytes; /* waiting and being sent; what does not fit is dropped */
  double latency_ns;
  double jitter_ns; /* up to this much more latency, evenly distributed; no packet overtakes another */
  double loss;      /* share of the packets that the wire loses */
  struct cross_settings cross;
};

/* Since the emulator began. Carried is what the queue had room for. */
struct hop_counters {
  uint64_t cross_offered_bytes, cross_carried_bytes, cross_dropped;
  uint64_t carried_bytes, carried, dropped, lost;
};

struct hop {
  struct hop_settings settings;
  struct hop_counters counters;
  struct cross_traffic cross;
  struct random random; /* of loss and jitter */
  double ns_per_byte;
  double idle_at_ns; /* when all that is in the queue will have been sent */
  double out_ns;     /* when the packet before came out of the wire */
  double up_to_ns;   /* cross traffic and packets up to then have been let in */
};

/* `number` tells the hops of an emulator apart, so that each has its own random numbers. */
void hop_start(struct hop *hop, const struct hop_settings *settings, uint64_t seed, unsigned number);

/* Lets the cross traffic in that arrives up to a time. */
void hop_advance(struct hop *hop, double now_ns);

/* Time at which a packet that arrives now, no earlier than any before it, comes out; negative if it is dropped or lost. */
double hop_pass(struct hop *hop, double now_ns, unsigned bytes);

/* How long a packet that arrives now would wait. */
double hop_wait_ns(const struct hop *hop, double now_ns);

#endif
