/* SPDX-License-Identifier: Apache-2.0 */
/* A process that the core schedules: all its threads, on one processor. */
#ifndef VIRTUOSO_VSCHED_GUEST_H
#define VIRTUOSO_VSCHED_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "area.h"
#include "edf.h"

enum { GUEST_THREADS = 512 };

struct guest {
  pid_t pid;
  uint64_t start_ticks;
  int process;  /* pidfd */
  int listing;  /* of its threads */
  clockid_t clock;
  int cpu;
  bool stopped;
  int priority; /* SCHED_FIFO; 0: SCHED_OTHER */
  int threads;
  int64_t scanned_ns;
  pid_t tids[GUEST_THREADS];
};

/* Takes a process over: from now on it is as ordinary as before, but on this processor alone. `held` then says how to undo it.
   Gives VSCHED_HELD, or why not; `*error` is then the errno. */
int guest_take(struct guest *guest, struct vsched_held *held, pid_t pid, uint64_t start_ticks, int cpu, int *error);

/* Returns it to ordinary scheduling, running, where it ran before. */
void guest_return(struct guest *guest, struct vsched_held *held);

/* Makes it do what was decided. Gives whether anything had to be changed. */
bool guest_do(struct guest *guest, enum edf_state state);

/* Its processor clock; -1 if it is gone. */
int64_t guest_clock_ns(const struct guest *guest);

/* Looks for threads that it has begun. */
void guest_scan(struct guest *guest, int64_t now_ns);

#endif
