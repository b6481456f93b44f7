/* SPDX-License-Identifier: Apache-2.0 */
/* Taking processes over. What is here may have to wait: /proc does, for a process that is just being replaced by exec. */
#ifndef VIRTUOSO_VSCHED_HOLDING_H
#define VIRTUOSO_VSCHED_HOLDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "area.h"
#include "guest.h"

struct holding {
  pid_t pid;
  uint64_t start_ticks;
  int process; /* pidfd */
  int listing; /* of its threads */
  int cpu;
  int64_t scanned_ns;
  int threads;
  pid_t tids[GUEST_THREADS];
};

/* Finds the process: gives VSCHED_HELD, or why not, and the errno. Nothing is changed yet. */
int holding_open(struct holding *holding, pid_t pid, uint64_t start_ticks, int *error);

/* Binds all its threads to the processor, and makes sure that the system would let them run at real-time priorities. `held` says how to undo it.
   Gives VSCHED_HELD, or why not; then everything is as before. */
int holding_take(struct holding *holding, struct vsched_held *held, int cpu, int *error);

/* Looks for threads that it has begun; false if there is nothing new. */
bool holding_scan(struct holding *holding, int64_t now_ns);

void holding_close(struct holding *holding);

#endif
