/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that three processes share for one processor: the agent says what it wants, the core schedules, the watchdog waits for
   the core to fail. Each part has one writer. Numbers are in the machine's own order; every part starts at a multiple of 64.

   A part with a `sequence` is read like this: read the sequence until it is even, copy the part, read the sequence again, and start
   over if it changed. Its writer makes it odd, writes, and makes it even. */
#ifndef VIRTUOSO_VSCHED_AREA_H
#define VIRTUOSO_VSCHED_AREA_H

#include <stdint.h>

#define VSCHED_MAGIC 0x6465686373762e76ull /* "v.vsched" */

enum {
  VSCHED_LAYOUT = 1,
  VSCHED_TASKS = 64,      /* processes scheduled on one processor */
  VSCHED_PERIODS = 4096,  /* that are remembered, a power of two */
  VSCHED_MASK_WORDS = 16, /* of a set of processors, 1024 of them */
};

/* Limits of a schedule, in microseconds. */
#define VSCHED_LEAST_PERIOD_US 200ll
#define VSCHED_LEAST_SLICE_US 20ll
#define VSCHED_LONGEST_PERIOD_US (31ll * 24 * 3600 * 1000000)

/* vsched_wish.flags */
enum {
  VSCHED_STRICT = 1,   /* stopped at the end of its slice until its next period; otherwise an ordinary process for that time */
  VSCHED_PAUSED = 2,   /* stopped; it keeps its share of the processor */
  VSCHED_PHASED = 4,   /* periods begin when the clock is phase_us more than a multiple of the period */
  VSCHED_REALTIME = 8, /* that clock is CLOCK_REALTIME, the same for several hosts; otherwise CLOCK_MONOTONIC */
};

/* vsched_answer.answer: what became of the wish at the same index. */
enum {
  VSCHED_NONE,         /* there is no wish */
  VSCHED_HELD,         /* it is scheduled so */
  VSCHED_INVALID,      /* period, slice or flags are out of bounds; or it is there twice, or the core or the watchdog itself */
  VSCHED_OVERFULL,     /* more than the processor has to give beside the others */
  VSCHED_GONE,         /* there is no such process, or it has ended */
  VSCHED_OTHER,        /* the process of that number started at another time */
  VSCHED_DENIED,       /* the system refuses; vsched_task.error says why */
};

/* Written by the core before it says that it is ready, never again. */
struct vsched_head {
  uint64_t magic;
  uint32_t layout, size; /* of this structure, and of struct vsched_area in bytes */
  uint32_t cpu;
  uint32_t reserve_ppm; /* share of the processor that admission keeps for ordinary processes */
  int32_t core_pid, watch_pid;
} __attribute__((aligned(64)));

/* Pid 0: nothing is wanted. */
struct vsched_wish {
  int32_t pid;
  uint32_t flags;
  uint64_t start_ticks; /* field 22 of /proc/PID/stat: makes the pid that of one process for ever; 0: whichever has it now */
  int64_t period_us, slice_us, phase_us;
};

/* Written by the agent, who then writes a byte to the core's standard input. */
struct vsched_wanted {
  uint32_t sequence, reserved;
  struct vsched_wish wishes[VSCHED_TASKS];
} __attribute__((aligned(64)));

/* Written by the watchdog. */
struct vsched_watch {
  uint64_t heartbeat_ns; /* CLOCK_MONOTONIC */
  uint32_t is_deadline;  /* it runs under SCHED_DEADLINE, above everything else; otherwise at SCHED_FIFO 99 beside the core */
  uint32_t releases;     /* processes that it returned to ordinary scheduling because the core did not */
  uint64_t own_ns;       /* its processor time */
} __attribute__((aligned(64)));

/* Written by the core, without a sequence: each number stands for itself. */
struct vsched_core {
  uint64_t heartbeat_ns; /* CLOCK_MONOTONIC */
  uint32_t applied;      /* wanted.sequence that the answers are for */
  uint32_t held;         /* processes that are scheduled */
  uint64_t wakes, switches;
  uint64_t own_ns;         /* processor time of the core itself */
  uint64_t steal_us;       /* time the machine below took this processor away, since it started */
  uint64_t latest_ns;      /* worst delay of a wake */
  uint64_t started_ns;     /* CLOCK_MONOTONIC */
  uint64_t periods_ended;  /* in all; the last VSCHED_PERIODS are in `periods`, number n at index n modulo VSCHED_PERIODS */
  uint64_t late_ns;        /* delays of wakes, added up: time in which somebody else had the processor */
} __attribute__((aligned(64)));

/* Written by the core. */
struct vsched_answer {
  uint32_t sequence, answer;
  int32_t pid, error; /* errno */
  uint64_t start_ticks;
  int64_t period_us, slice_us; /* in force; 0: none is */
  uint32_t flags, threads;
} __attribute__((aligned(64)));

/* Written by the core: since the process at the same index was taken over. */
struct vsched_account {
  uint32_t sequence;
  int32_t pid;
  uint64_t periods; /* ended */
  uint64_t shorts;  /* in which it used less than 99 % of what was due */
  uint64_t misses;  /* in which that was because it was not given the time */
  uint64_t used_ns; /* processor time under the schedule */
  uint64_t over_ns; /* used beyond its slices; ordinary time too, where it is not strict */
} __attribute__((aligned(64)));

/* What has to be undone should the core fail. Written by the core: the process first, then `held`; read by the watchdog. */
struct vsched_held {
  uint32_t held;
  int32_t pid;
  uint64_t start_ticks;
  uint64_t mask[VSCHED_MASK_WORDS]; /* processors on which it ran before */
};

/* vsched_period.flags */
enum {
  VSCHED_SHORT = 1,
  VSCHED_MISSED = 2,
  VSCHED_PARTIAL = 4, /* its first, of which a part was left, or one in which its schedule changed: neither short nor missed */
};

/* Written by the core. Whoever reads looks at periods_ended after copying: older ones may have been overwritten meanwhile. */
struct vsched_period {
  uint64_t start_ns; /* CLOCK_MONOTONIC */
  int64_t due_ns;    /* what it was to get */
  int64_t used_ns, offered_ns;
  uint64_t steal_us; /* vsched_core.steal_us at the last look before the end: within 25 ms, or 1,000 times what a look takes */
  int32_t pid;
  uint16_t task, flags;
};

struct vsched_area {
  struct vsched_head head;
  struct vsched_wanted wanted;
  struct vsched_watch watch;
  struct vsched_core core;
  struct vsched_answer answers[VSCHED_TASKS];
  struct vsched_account accounts[VSCHED_TASKS];
  struct vsched_held held[VSCHED_TASKS];
  struct vsched_period periods[VSCHED_PERIODS] __attribute__((aligned(64)));
};

#endif
