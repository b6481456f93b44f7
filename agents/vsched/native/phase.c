// SPDX-License-Identifier: Apache-2.0
#include "phase.h"

enum { STEP_PART = 64, NEAR_PART = 8 };

int64_t phase_off_ns(int64_t at_ns, int64_t phase_ns, int64_t period_ns) {
  const int64_t off_ns = (at_ns - phase_ns) % period_ns;
  if (off_ns > period_ns / 2) return off_ns - period_ns;
  return off_ns < -period_ns / 2 ? off_ns + period_ns : off_ns;
}

int64_t phase_step_ns(int64_t at_ns, int64_t phase_ns, int64_t period_ns) {
  const int64_t off_ns = phase_off_ns(at_ns, phase_ns, period_ns), most_ns = period_ns / STEP_PART;
  if (off_ns > most_ns) return -most_ns;
  return off_ns < -most_ns ? most_ns : -off_ns;
}

bool phase_is_near(int64_t a_ns, int64_t b_ns, int64_t period_ns) {
  const int64_t off_ns = phase_off_ns(a_ns, b_ns, period_ns), most_ns = period_ns / NEAR_PART;
  return off_ns <= most_ns && off_ns >= -most_ns;
}
