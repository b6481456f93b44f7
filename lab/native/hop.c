// SPDX-License-Identifier: Apache-2.0
#include "hop.h"

#include <math.h>
#include <stdbool.h>

void hop_start(struct hop *hop, const struct hop_settings *settings, uint64_t seed, unsigned number) {
  *hop = (struct hop){.settings = *settings, .random = random_for(seed, 2 * number)};
  hop->ns_per_byte = 8000.0 / settings->rate_mbps;
  cross_start(&hop->cross, &settings->cross, random_for(seed, 2 * number + 1));
}

double hop_wait_ns(const struct hop *hop, double now_ns) { return fmax(hop->idle_at_ns - now_ns, 0); }

static bool takes(struct hop *hop, double now_ns, unsigned bytes) {
  const double wait_ns = hop_wait_ns(hop, now_ns);
  if (wait_ns / hop->ns_per_byte + bytes > hop->settings.queue_bytes) return false;
  hop->idle_at_ns = now_ns + wait_ns + bytes * hop->ns_per_byte;
  return true;
}

void hop_advance(struct hop *hop, double now_ns) {
  const unsigned bytes = hop->cross.settings.bytes;
  while (hop->cross.next_ns <= now_ns) {
    hop->counters.cross_offered_bytes += bytes;
    if (takes(hop, hop->cross.next_ns, bytes))
      hop->counters.cross_carried_bytes += bytes;
    else
      hop->counters.cross_dropped++;
    cross_next(&hop->cross);
  }
  hop->up_to_ns = fmax(hop->up_to_ns, now_ns);
}

double hop_pass(struct hop *hop, double now_ns, unsigned bytes) {
  const struct hop_settings *settings = &hop->settings;
  hop_advance(hop, now_ns);
  if (!takes(hop, now_ns, bytes)) {
    hop->counters.dropped++;
    return -1;
  }
  hop->counters.carried++;
  hop->counters.carried_bytes += bytes;
  if (settings->loss > 0 && random_unit(&hop->random) < settings->loss) {
    hop->counters.lost++;
    return -1;
  }
  const double jitter_ns = settings->jitter_ns > 0 ? random_unit(&hop->random) * settings->jitter_ns : 0;
  hop->out_ns = fmax(hop->out_ns, hop->idle_at_ns + settings->latency_ns + jitter_ns);
  return hop->out_ns;
}
