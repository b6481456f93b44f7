/* SPDX-License-Identifier: Apache-2.0 */
/* Earliest deadline first over periodic tasks of one processor, as a function of what clocks say. No system calls: the core feeds it
   with real clocks, tests with made ones. Times are nanoseconds of one clock that never steps. */
#ifndef VIRTUOSO_VSCHED_EDF_H
#define VIRTUOSO_VSCHED_EDF_H

#include <stdbool.h>
#include <stdint.h>

enum { EDF_TASKS = 64, EDF_LEVELS = 97 };

/* What a task is to do now. */
enum edf_state {
  EDF_ORDINARY, /* run as an ordinary process: no schedule, not begun, or slice used up and not strict */
  EDF_STOPPED,  /* not run: slice used up and strict, or paused */
  EDF_WAITING,  /* run when all blocks that has a higher level */
  EDF_RUNNING,  /* run before all others, at level EDF_LEVELS */
};

struct edf_task {
  bool used, strict, paused;
  int64_t period_ns, slice_ns;
  int64_t start_ns;   /* of the present period */
  int64_t base_ns;    /* the task's processor clock at that time */
  int64_t budget_ns;  /* what it may use in the period: the slice, less what it pays back */
  int64_t due_ns;     /* what it is to get in the period: the slice, less what it got ahead of time in the last one */
  int64_t ahead_ns;   /* what it used beyond its slice while it waited and others blocked, if strict */
  int64_t debt_ns;    /* what it used beyond its slices, if strict; less than 0: what it was stopped too early for */
  int64_t offered_ns; /* how long it was EDF_RUNNING in the period */
  bool spent, partial;
  enum edf_state state;
  int level; /* while it waits, 1 to EDF_LEVELS - 1: the sooner its deadline the higher */
};

/* What the machine can do. All 0: everything at once, for clocks that tests make. */
struct edf_tuning {
  int64_t tolerance_ns;   /* a slice counts as used up when less than this, and less than a 512th of it, is left */
  int64_t least_run_ns;   /* a task that is to run for less does not come to run at all before it is over */
  int64_t most_lead_ns;   /* delays up to this are those of the machine, and learnt; longer ones are somebody else's doing */
  int64_t least_wait_ns;  /* how much a waiting task may overdraw when it gets the time that the running one did not want */
};

struct edf {
  struct edf_tuning tuning;
  int64_t lead_ns;  /* what tasks use beyond the time they are let run, on average */
  int64_t dip_ns;   /* how much less than that they use now and then */
  int64_t last_ns;  /* of the last step */
  int running;      /* index, or -1 */
  int64_t let_ns;   /* for how long the running one is let run, from the end of the decision; 0 if something else comes first */
  int64_t clock_ns; /* its processor clock then */
  struct edf_task tasks[EDF_TASKS];
};

/* A period that ended, or several that were slept through. */
struct edf_ended {
  int task;
  int64_t count, start_ns, due_ns, used_ns, offered_ns;
  bool partial;
};

void edf_init(struct edf *edf, const struct edf_tuning *tuning);

/* Gives a task a schedule from now on. Periods begin at any `phase_ns` + k * period. What is left of the present one comes with as much of the
   slice. The same period and phase again: the present period goes on, with more or less. */
void edf_set(struct edf *edf, int task, int64_t now_ns, int64_t clock_ns, int64_t period_ns, int64_t slice_ns, int64_t phase_ns);

void edf_remove(struct edf *edf, int task);

/* Begins later periods earlier or later, by less than a period. */
void edf_shift(struct edf *edf, int task, int64_t by_ns);

/* Decides what each task is to do (`state`), given all tasks' processor clocks. `late_ns` of the time since the last step nobody here had the
   processor. Periods that ended are written to `ended`, of EDF_TASKS; gives how many.
   `next_ns` becomes when to decide again, INT64_MAX for never. */
int edf_step(struct edf *edf, int64_t now_ns, int64_t late_ns, const int64_t *clocks_ns, struct edf_ended *ended, int64_t *next_ns);

#endif
