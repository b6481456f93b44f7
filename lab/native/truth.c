// SPDX-License-Identifier: Apache-2.0
#include "truth.h"

#include <inttypes.h>
#include <math.h>

#include "clock.h"

static void log_hop(FILE *file, int way, int number, struct hop *hop, double now_ns) {
  hop_advance(hop, now_ns);
  const struct hop_counters *counters = &hop->counters;
  fprintf(file, "%" PRIu64 " %d %d %" PRIu64 " %" PRIu64 " %" PRIu64 " ", clock_epoch_us(hop->up_to_ns), way, number,
          counters->cross_offered_bytes, counters->cross_carried_bytes, counters->cross_dropped);
  fprintf(file, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %.0f\n", counters->carried_bytes, counters->carried,
          counters->dropped, counters->lost, hop_wait_ns(hop, hop->up_to_ns) / 1e3);
}

void truth_log(FILE *file, struct way ways[2], double now_ns) {
  for (int way = 0; way < 2; way++)
    for (int i = 0; i < ways[way].hop_count; i++) log_hop(file, way, i, &ways[way].hops[i], now_ns);
  fflush(file);
}

void truth_statistics(FILE *file, const struct way ways[2]) {
  for (int number = 0; number < 2; number++) {
    const struct way_counters *counters = &ways[number].counters;
    const double frames = fmax((double)counters->released, 1);
    fprintf(file, "{\"way\":%d,\"released\":%" PRIu64 ",\"overflowed\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"late\":%" PRIu64, number,
            counters->released, counters->overflowed, counters->refused, counters->late);
    fprintf(file, ",\"meanLateUs\":%.1f,\"latestUs\":%.1f,\"leastTransitUs\":%.1f}\n", counters->late_ns / frames / 1e3,
            counters->latest_ns / 1e3, isfinite(counters->least_transit_ns) ? counters->least_transit_ns / 1e3 : 0);
  }
  fflush(file);
}
