/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler: decides, and does it. It never waits but for the next decision. */
#ifndef VIRTUOSO_VSCHED_SCHEDULER_H
#define VIRTUOSO_VSCHED_SCHEDULER_H

#include "area.h"
#include "edf.h"
#include "guest.h"
#include "mailbox.h"
#include "standstill.h"

struct scheduler {
  struct vsched_area *area;
  struct mailbox *mailbox;
  int stat;  /* /proc/stat */
  int bell;  /* ends with the agent */
  int watch; /* ends with the watchdog */
  int64_t offset_ns; /* CLOCK_REALTIME less CLOCK_MONOTONIC */
  struct edf edf;
  struct guest guests[VSCHED_TASKS];
  struct vsched_wish wishes[VSCHED_TASKS]; /* in force; pid 0: none */
  int64_t wake_ns, tick_ns; /* when the next turn is due; when the last tick was */
  int64_t steal_ns;         /* when to look next at what the machine below took away */
  struct standstill watch_standstill;
};

/* Schedules until it is told to end, or the agent or the watchdog has ended. All run as ordinary processes on this processor then. Gives an exit code. */
int scheduler_run(struct scheduler *scheduler);

#endif
