// SPDX-License-Identifier: Apache-2.0
#include "scheduler.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "clocks.h"
#include "follow-order.h"
#include "publish.h"
#include "watch.h"

enum {
  PATIENT_TICKS = 7,  /* with a watchdog that does not move */
  STEAL_SHARE = 1000, /* of the time is spent to find out what was taken away, at most: one part in so many */
};

/* Measured on a virtual machine: a task let run for 9 us gets 10 us, one for 3 us nothing at all. */
static const struct edf_tuning tuning = {.tolerance_ns = 10000, .least_run_ns = 9000, .most_lead_ns = 20000, .least_wait_ns = 250000};

/* Rather than for its own sake, a tick happens when the processor is taken from somebody anyway. */
static const int64_t latest_tick_ns = WATCH_PERIOD_NS * 5 / 4;

static volatile sig_atomic_t told_to_end;

static void note_end(int signal) {
  (void)signal;
  told_to_end = 1;
}

/* First what is not to run any more, so that it does not take what the next one is to have. */
static void enact(struct scheduler *scheduler) {
  for (int order = 0; order < 2; order++)
    for (int i = 0; i < VSCHED_TASKS; i++) {
      const struct edf_task *task = &scheduler->edf.tasks[i];
      if (!task->used || (task->state == EDF_RUNNING) != (order == 1)) continue;
      if (guest_do(&scheduler->guests[i], task->state, task->level)) scheduler->area->core.switches++;
    }
}

/* A process without a clock has ended: the front will say so. Until then it uses nothing. */
static void read_clocks(const struct scheduler *scheduler, int64_t *clocks_ns) {
  for (int i = 0; i < VSCHED_TASKS; i++) {
    const int64_t clock_ns = scheduler->wishes[i].pid == 0 ? 0 : guest_clock_ns(&scheduler->guests[i]);
    clocks_ns[i] = clock_ns >= 0 ? clock_ns : scheduler->edf.tasks[i].base_ns;
  }
}

static int64_t decide(struct scheduler *scheduler, int64_t now_ns, int64_t late_ns) {
  struct edf_ended ended[EDF_TASKS];
  int64_t clocks_ns[EDF_TASKS], next_ns;
  read_clocks(scheduler, clocks_ns);
  const int count = edf_step(&scheduler->edf, now_ns, late_ns, clocks_ns, ended, &next_ns);
  enact(scheduler);
  for (int i = 0; i < count; i++) {
    publish_ended(scheduler->area, scheduler->wishes[ended[i].task].pid, &ended[i]);
    keep_phase(scheduler, ended[i].task);
  }
  return next_ns;
}

/* A machine of many processors takes long to tell. */
static void look_at_steal(struct scheduler *scheduler, int64_t now_ns) {
  if (now_ns < scheduler->steal_ns) return;
  scheduler->area->core.steal_us = steal_us(scheduler->stat, scheduler->area->head.cpu);
  scheduler->steal_ns = now_ns + (monotonic_ns() - now_ns) * STEAL_SHARE;
}

/* False if the watchdog has stopped to watch. */
static bool tick(struct scheduler *scheduler, int64_t now_ns) {
  struct vsched_core *own = &scheduler->area->core;
  scheduler->tick_ns = now_ns;
  own->own_ns = (uint64_t)own_time_ns();
  look_at_steal(scheduler, monotonic_ns());
  realtime_offset_ns(&scheduler->offset_ns);
  for (int i = 0; i < VSCHED_TASKS; i++)
    if (scheduler->wishes[i].pid != 0) guest_look(&scheduler->guests[i]);
  const uint64_t heartbeat_ns = __atomic_load_n(&scheduler->area->watch.heartbeat_ns, __ATOMIC_RELAXED);
  return !has_failed(&scheduler->watch_standstill, scheduler->area->head.watch_pid, heartbeat_ns, PATIENT_TICKS);
}

/* Gives an exit code, or -1 to go on. */
static int sleep_until_due(struct scheduler *scheduler, const sigset_t *awake) {
  struct pollfd sources[] = {
      {.fd = scheduler->mailbox->knock, .events = POLLIN}, {.fd = scheduler->bell}, {.fd = scheduler->watch}}; // of the latter only their end
  const int64_t left_ns = scheduler->wake_ns - monotonic_ns();
  const struct timespec wait = {.tv_sec = left_ns > 0 ? left_ns / 1000000000 : 0, .tv_nsec = left_ns > 0 ? left_ns % 1000000000 : 0};
  const int ready = ppoll(sources, 3, &wait, awake);
  if (told_to_end) return 0;
  if (ready <= 0) return -1;
  if (sources[2].revents != 0) return EXIT_UNWATCHED;
  if (sources[1].revents != 0) return 0;
  follow_order(scheduler, monotonic_ns());
  return -1;
}

/* Gives how late it comes. */
static int64_t begin_turn(struct scheduler *scheduler, int64_t now_ns) {
  struct vsched_core *own = &scheduler->area->core;
  const int64_t late_ns = scheduler->wake_ns > 0 && now_ns > scheduler->wake_ns ? now_ns - scheduler->wake_ns : 0;
  __atomic_store_n(&own->heartbeat_ns, (uint64_t)now_ns, __ATOMIC_RELAXED);
  own->wakes++;
  own->late_ns += (uint64_t)late_ns;
  if ((uint64_t)late_ns > own->latest_ns) own->latest_ns = (uint64_t)late_ns;
  return late_ns;
}

static int turn_after_turn(struct scheduler *scheduler, const sigset_t *awake) {
  for (;;) {
    const int64_t now_ns = monotonic_ns(), late_ns = begin_turn(scheduler, now_ns);
    if (now_ns - scheduler->tick_ns >= WATCH_PERIOD_NS && !tick(scheduler, now_ns)) return EXIT_UNWATCHED;
    int64_t next_ns = decide(scheduler, now_ns, late_ns);
    // The time that the decision took was nobody's: however slow the machine, a task gets what it is let run.
    if (scheduler->edf.let_ns > 0) next_ns += monotonic_ns() - now_ns;
    const int64_t tick_ns = scheduler->tick_ns + latest_tick_ns;
    scheduler->wake_ns = next_ns < tick_ns ? next_ns : tick_ns;
    const int end = sleep_until_due(scheduler, awake);
    if (end >= 0) return end;
  }
}

int scheduler_run(struct scheduler *scheduler) {
  sigset_t asleep, awake;
  const struct sigaction on_end = {.sa_handler = note_end};
  edf_init(&scheduler->edf, &tuning);
  sigemptyset(&asleep);
  sigaddset(&asleep, SIGTERM);
  sigaddset(&asleep, SIGINT);
  sigprocmask(SIG_BLOCK, &asleep, &awake);
  sigaction(SIGTERM, &on_end, NULL);
  sigaction(SIGINT, &on_end, NULL);
  const int end = turn_after_turn(scheduler, &awake);
  for (int i = 0; i < VSCHED_TASKS; i++)
    if (scheduler->wishes[i].pid != 0) guest_do(&scheduler->guests[i], EDF_ORDINARY, 0);
  return end;
}
