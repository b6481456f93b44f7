// SPDX-License-Identifier: Apache-2.0
#include "wanted.h"

enum { TRIES = 8 /* the writer cannot go on while this processor reads, so that waiting for it here is of no use */ };

bool wanted_read(const struct vsched_wanted *wanted, struct vsched_wanted *copy) {
  for (int i = 0; i < TRIES; i++) {
    const uint32_t before = __atomic_load_n(&wanted->sequence, __ATOMIC_ACQUIRE);
    if (before % 2 != 0) continue;
    *copy = *wanted;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    copy->sequence = before;
    if (__atomic_load_n(&wanted->sequence, __ATOMIC_RELAXED) == before) return true;
  }
  return false;
}

bool wish_is_valid(const struct vsched_wish *wish) {
  const uint32_t known = VSCHED_STRICT | VSCHED_PAUSED | VSCHED_PHASED | VSCHED_REALTIME;
  if (wish->pid <= 1 || (wish->flags & ~known) != 0) return false;
  if (wish->period_us < VSCHED_LEAST_PERIOD_US || wish->period_us > VSCHED_LONGEST_PERIOD_US) return false;
  if (wish->slice_us < VSCHED_LEAST_SLICE_US || wish->slice_us > wish->period_us) return false;
  return wish->phase_us >= 0 && wish->phase_us < wish->period_us;
}
