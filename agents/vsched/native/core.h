/* SPDX-License-Identifier: Apache-2.0 */
/* The core: schedules the processes of one processor until it is told to end. */
#ifndef VIRTUOSO_VSCHED_CORE_H
#define VIRTUOSO_VSCHED_CORE_H

#include "area.h"
#include "edf.h"
#include "guest.h"

struct core {
  struct vsched_area *area;
  int stat; /* /proc/stat */
  int64_t offset_ns; /* CLOCK_REALTIME less CLOCK_MONOTONIC */
  struct edf edf;
  struct guest guests[VSCHED_TASKS];
  struct vsched_wish wishes[VSCHED_TASKS]; /* in force; pid 0: none */
};

/* As the process that this is from now on. `bell` becomes readable when wishes have changed, and ends with the agent; `lifeline` ends with
   the watchdog. Gives an exit code; nothing is held then. */
int core_run(struct vsched_area *area, int bell, int lifeline);

#endif
