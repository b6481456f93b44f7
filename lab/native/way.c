// SPDX-License-Identifier: Apache-2.0
#include "way.h"

#include <math.h>
#include <net/ethernet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

enum { FRAME_MAX = 2048, FRAME_MIN = 60, RECEIVE_AT_ONCE = 8, RELEASE_AT_ONCE = 8, SPARE_BYTES = 1 << 20 };

/* Twice what can be on the hops, whatever the sizes of frames. */
static size_t most_bytes(const struct way_settings *settings) {
  double bytes = SPARE_BYTES;
  for (int i = 0; i < settings->hop_count; i++) {
    const struct hop_settings *hop = &settings->hops[i];
    bytes += 2 * (hop->queue_bytes + hop->rate_mbps * (hop->latency_ns + hop->jitter_ns) / 8000);
  }
  return (size_t)bytes;
}

bool way_open(struct way *way, const struct way_settings *settings, uint64_t seed, unsigned number) {
  way->hop_count = settings->hop_count;
  way->counters.least_transit_ns = INFINITY;
  for (int i = 0; i < settings->hop_count; i++) hop_start(&way->hops[i], &settings->hops[i], seed, number * HOPS_MAX + (unsigned)i);
  way->store_bytes = most_bytes(settings);
  size_t frames = 1;
  while (frames < way->store_bytes / FRAME_MIN) frames *= 2;
  way->frame_mask = frames - 1;
  way->store = malloc(way->store_bytes);
  way->frames = malloc(frames * sizeof *way->frames);
  if (way->store == NULL || way->frames == NULL) return false;
  // Touched now: later a page fault would hold up a frame.
  memset(way->store, 1, way->store_bytes);
  memset(way->frames, 1, frames * sizeof *way->frames);
  return true;
}

/* Makes store_at the begin of FRAME_MAX free bytes, if there are any. */
static bool has_room(struct way *way) {
  const size_t left = way->store_bytes - way->store_at;
  if (way->head == way->tail) {
    if (left < FRAME_MAX) way->store_at = 0;
    return true;
  }
  if (way->tail - way->head > way->frame_mask) return false;
  const size_t oldest = way->frames[way->head & way->frame_mask].at;
  if (oldest >= way->store_at) return oldest - way->store_at >= FRAME_MAX;
  if (left >= FRAME_MAX) return true;
  if (oldest < FRAME_MAX) return false;
  way->store_at = 0;
  return true;
}

static void take(struct way *way, size_t bytes) {
  const double now_ns = clock_ns();
  double at_ns = now_ns;
  for (int i = 0; i < way->hop_count && at_ns >= 0; i++) at_ns = hop_pass(&way->hops[i], at_ns, (unsigned)bytes - ETHER_HDR_LEN);
  if (at_ns < 0) return;
  way->frames[way->tail++ & way->frame_mask] =
      (struct frame){.arrived_ns = now_ns, .release_ns = at_ns, .at = way->store_at, .bytes = bytes};
  way->store_at += bytes;
}

int way_receive(struct way *way) {
  for (int count = 0; count < RECEIVE_AT_ONCE; count++) {
    static unsigned char nowhere[FRAME_MAX];
    const bool room = has_room(way);
    const ssize_t bytes = read(way->from, room ? way->store + way->store_at : nowhere, FRAME_MAX);
    if (bytes <= 0) return count;
    if (!room)
      way->counters.overflowed++;
    else if (bytes > ETHER_HDR_LEN)
      take(way, (size_t)bytes);
  }
  return RECEIVE_AT_ONCE;
}

int way_release(struct way *way) {
  struct way_counters *counters = &way->counters;
  for (int count = 0; count < RELEASE_AT_ONCE; count++) {
    if (way->head == way->tail) return count;
    const struct frame *frame = &way->frames[way->head & way->frame_mask];
    const double now_ns = clock_ns(), late_ns = now_ns - frame->release_ns;
    if (late_ns < 0) return count;
    if (write(way->to, way->store + frame->at, frame->bytes) != (ssize_t)frame->bytes) counters->refused++;
    counters->released++;
    counters->late += late_ns > LATE_NS;
    counters->late_ns += late_ns;
    counters->latest_ns = fmax(counters->latest_ns, late_ns);
    counters->least_transit_ns = fmin(counters->least_transit_ns, now_ns - frame->arrived_ns);
    way->head++;
  }
  return RELEASE_AT_ONCE;
}

double way_due_ns(const struct way *way) {
  return way->head == way->tail ? INFINITY : way->frames[way->head & way->frame_mask].release_ns;
}
