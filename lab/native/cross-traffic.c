// SPDX-License-Identifier: Apache-2.0
#include "cross-traffic.h"

#include <math.h>

// Pareto on and off times make traffic self-similar (Willinger et al., 1997). They are cut off at LONGEST times the least, so that a short run
// has nearly the mean that was asked for: with this shape the mean is (3 - 2 / sqrt(LONGEST)) times the least.
enum { LONGEST = 100 };
static const double pareto_shape = 1.5, mean_over_least = 2.8;

static double gap_ns(double mbps, unsigned bytes) { return bytes * 8000.0 / mbps; }

static double exponential(struct random *random, double mean) { return -log(1 - random_unit(random)) * mean; }

static double pareto(struct random *random, double mean) {
  const double least = mean / mean_over_least;
  return fmin(least * pow(1 - random_unit(random), -1 / pareto_shape), least * LONGEST);
}

static double next_on_off(struct cross_traffic *cross) {
  const struct cross_settings *settings = &cross->settings;
  const double next = cross->next_ns + gap_ns(settings->peak_mbps, settings->bytes);
  if (next <= cross->off_ns) return next;
  const double on_ns = settings->on_ms * 1e6, off_ns = on_ns * (settings->peak_mbps / settings->mbps - 1);
  const double on_again = cross->off_ns + pareto(&cross->random, off_ns);
  cross->off_ns = on_again + pareto(&cross->random, on_ns);
  return on_again;
}

// Poisson at each rate. Where the rate changes the wait begins anew, which a memoryless one may.
static double next_step(struct cross_traffic *cross) {
  const struct cross_settings *settings = &cross->settings;
  const double period_ns = settings->period_ms * 1e6;
  double from = cross->next_ns;
  for (;;) {
    const double number = floor(from / period_ns), end = (number + 1) * period_ns;
    const double mbps = fmod(number, 2) == 0 ? settings->mbps : settings->then_mbps;
    const double next = mbps > 0 ? from + exponential(&cross->random, gap_ns(mbps, settings->bytes)) : end;
    if (next < end) return next;
    from = end;
  }
}

void cross_next(struct cross_traffic *cross) {
  const struct cross_settings *settings = &cross->settings;
  switch (settings->kind) {
    case CROSS_CONSTANT:
      cross->next_ns += gap_ns(settings->mbps, settings->bytes);
      break;
    case CROSS_POISSON:
      cross->next_ns += exponential(&cross->random, gap_ns(settings->mbps, settings->bytes));
      break;
    case CROSS_ON_OFF:
      cross->next_ns = next_on_off(cross);
      break;
    case CROSS_STEP:
      cross->next_ns = next_step(cross);
      break;
    case CROSS_NONE:
      cross->next_ns = INFINITY;
  }
}

void cross_start(struct cross_traffic *cross, const struct cross_settings *settings, struct random random) {
  *cross = (struct cross_traffic){.settings = *settings, .random = random};
  cross_next(cross);
}
