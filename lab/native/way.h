/* SPDX-License-Identifier: Apache-2.0 */
/* One direction of an emulated link: hops in series from one TAP to the other, and the frames that are on it. */
#ifndef VIRTUOSO_WAY_H
#define VIRTUOSO_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "hop.h"

enum { HOPS_MAX = 4 };

struct way_settings {
  struct hop_settings hops[HOPS_MAX];
  int hop_count;
};

struct frame {
  double arrived_ns, release_ns;
  size_t at; /* in `store` */
  size_t bytes;
};

struct way_counters {
  uint64_t released;
  uint64_t overflowed; /* frames for which there was no memory: rings are made so large that there are none */
  uint64_t refused;    /* frames that the TAP did not take */
  uint64_t late;       /* frames that came out more than LATE_NS after they should */
  double late_ns, latest_ns; /* sum and most */
  double least_transit_ns;   /* from TAP to TAP, by the clock */
};

enum { LATE_NS = 250000 };

struct way {
  int from, to; /* TAPs */
  struct hop hops[HOPS_MAX];
  int hop_count;
  struct way_counters counters;
  struct frame *frames; /* a ring of frame_mask + 1; head and tail count on */
  size_t frame_mask, head, tail;
  unsigned char *store; /* a ring of the frames' bytes; no frame is cut in two */
  size_t store_bytes, store_at;
};

/* Whether there was memory. `number` is 0 or 1. */
bool way_open(struct way *way, const struct way_settings *settings, uint64_t seed, unsigned number);

/* Takes up frames that wait at the TAP, a limited number at once; how many. */
int way_receive(struct way *way);

/* Lets out frames that are due, a limited number at once; how many. */
int way_release(struct way *way);

/* When the next frame is due; infinite if there is none. */
double way_due_ns(const struct way *way);

#endif
