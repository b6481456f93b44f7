/* SPDX-License-Identifier: Apache-2.0 */
/* A process that is scheduled: all its threads, on one processor. What is here never waits for anything. */
#ifndef VIRTUOSO_VSCHED_GUEST_H
#define VIRTUOSO_VSCHED_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "edf.h"

enum { GUEST_THREADS = 512 };

struct guest {
  pid_t pid;
  int process; /* pidfd */
  bool gone; /* nothing is done to it any more: its number may become that of another */
  bool stopped;
  int priority; /* SCHED_FIFO; 0: SCHED_OTHER */
  int threads;
  pid_t tids[GUEST_THREADS];
};

/* Makes it do what was decided, at a level if it waits. Gives whether anything had to be changed. */
bool guest_do(struct guest *guest, enum edf_state state, int level);

/* Its threads are these now. */
void guest_has_threads(struct guest *guest, const pid_t *tids, int count);

/* Finds out whether it has ended. */
void guest_look(struct guest *guest);

/* Its processor clock; -1 if it is gone. */
int64_t guest_clock_ns(const struct guest *guest);

#endif
