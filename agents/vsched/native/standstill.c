// SPDX-License-Identifier: Apache-2.0
#include "standstill.h"

#include "clocks.h"
#include "process-look.h"

bool has_failed(struct standstill *standstill, pid_t pid, uint64_t heartbeat_ns, int patience) {
  if (heartbeat_ns != standstill->heartbeat_ns) {
    *standstill = (struct standstill){.heartbeat_ns = heartbeat_ns};
    return false;
  }
  const int64_t clock_ns = process_time_ns(pid);
  standstill->looks++;
  if (clock_ns == standstill->clock_ns && state_of(pid) == 'R') standstill->waits++;
  standstill->clock_ns = clock_ns;
  const int excused = standstill->waits < STANDSTILL_WAITS ? standstill->waits : STANDSTILL_WAITS;
  return standstill->looks - excused >= patience;
}
