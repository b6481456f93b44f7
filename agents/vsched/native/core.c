// SPDX-License-Identifier: Apache-2.0
#include "core.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "apply-wishes.h"
#include "clocks.h"
#include "program.h"
#include "publish.h"
#include "release.h"
#include "watch.h"

enum { PRIORITY = 99, PATIENT_TICKS = 8 /* with a watchdog that does not move */ };

/* Measured on a virtual machine: a task let run for 9 us gets 10 us, one for 3 us nothing at all. */
static const struct edf_tuning tuning = {.tolerance_ns = 10000, .least_run_ns = 9000, .most_lead_ns = 20000, .least_wait_ns = 250000};

/* Rather than for its own sake, a tick happens when the processor is taken from somebody anyway. */
static const int64_t latest_tick_ns = WATCH_PERIOD_NS * 5 / 4;

static volatile sig_atomic_t told_to_end;

static void note_end(int signal) {
  (void)signal;
  told_to_end = 1;
}

/* What one turn of the loop leaves to the next. */
struct turn {
  int64_t wake_ns, tick_ns; /* when it is due; when the last tick was */
  uint64_t watch_ns;        /* the watchdog's last heartbeat, and for how many ticks it has not had another */
  int watch_ticks;
  bool has_changes;
};

static int refused(const char *what) {
  fprintf(stderr, "virtuoso-vsched: cannot %s: %s; it needs CAP_SYS_NICE, CAP_IPC_LOCK and CAP_KILL, and real-time bandwidth in its control group\n",
          what, strerror(errno));
  return EXIT_TROUBLE;
}

static int become_core(unsigned cpu) {
  char name[16];
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  const struct sched_param highest = {.sched_priority = PRIORITY};
  const struct sigaction on_end = {.sa_handler = note_end};
  snprintf(name, sizeof name, "vsched-core/%u", cpu % 1000);
  prctl(PR_SET_NAME, name);
  if (sched_setaffinity(0, sizeof set, &set) != 0) return refused("run on the processor");
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) return refused("lock memory");
  if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &highest) != 0) return refused("run at SCHED_FIFO 99");
  sigaction(SIGTERM, &on_end, NULL);
  sigaction(SIGINT, &on_end, NULL);
  return 0;
}

/* Periods that follow CLOCK_REALTIME follow it slowly, so that none becomes much shorter. */
static void keep_phase(struct core *core, int task) {
  const struct vsched_wish *wish = &core->wishes[task];
  if ((wish->flags & VSCHED_PHASED) == 0 || (wish->flags & VSCHED_REALTIME) == 0) return;
  const struct edf_task *scheduled = &core->edf.tasks[task];
  const int64_t period_ns = scheduled->period_ns, most_ns = period_ns / 64;
  int64_t off_ns = (scheduled->start_ns + core->offset_ns - wish->phase_us * 1000) % period_ns;
  if (off_ns > period_ns / 2) off_ns -= period_ns;
  if (off_ns < -period_ns / 2) off_ns += period_ns;
  const int64_t by_ns = off_ns > most_ns ? most_ns : off_ns < -most_ns ? -most_ns : off_ns;
  edf_shift(&core->edf, task, -by_ns);
}

static void read_clocks(struct core *core, int64_t *clocks_ns) {
  for (int i = 0; i < VSCHED_TASKS; i++) {
    if (core->wishes[i].pid == 0) continue;
    clocks_ns[i] = guest_clock_ns(&core->guests[i]);
    if (clocks_ns[i] >= 0) continue;
    const struct vsched_wish wish = core->wishes[i];
    drop_guest(core, i);
    publish_answer(core, i, &wish, VSCHED_GONE, ESRCH);
  }
}

/* First what is not to run any more, so that it does not take what the next one is to have. */
static void enact(struct core *core) {
  for (int order = 0; order < 2; order++)
    for (int i = 0; i < VSCHED_TASKS; i++) {
      const enum edf_state state = core->edf.tasks[i].state;
      if (core->wishes[i].pid != 0 && (state == EDF_RUNNING) == (order == 1) && guest_do(&core->guests[i], state))
        core->area->core.switches++;
    }
}

static int64_t decide(struct core *core, int64_t now_ns, int64_t late_ns) {
  struct edf_ended ended[EDF_TASKS];
  int64_t clocks_ns[EDF_TASKS] = {0}, next_ns;
  read_clocks(core, clocks_ns);
  const int count = edf_step(&core->edf, now_ns, late_ns, clocks_ns, ended, &next_ns);
  enact(core);
  for (int i = 0; i < count; i++) {
    publish_ended(core, &ended[i]);
    keep_phase(core, ended[i].task);
    guest_scan(&core->guests[ended[i].task], now_ns);
  }
  return next_ns;
}

/* A process that has ended may still have a clock, until its parent has asked for it. */
static void drop_ended(struct core *core) {
  for (int i = 0; i < VSCHED_TASKS; i++) {
    struct pollfd process = {.fd = core->guests[i].process, .events = POLLIN};
    if (core->wishes[i].pid == 0 || poll(&process, 1, 0) <= 0) continue;
    const struct vsched_wish wish = core->wishes[i];
    drop_guest(core, i);
    publish_answer(core, i, &wish, VSCHED_GONE, ESRCH);
  }
}

/* What is done every WATCH_PERIOD. False if the watchdog has stopped to watch. */
static bool tick(struct core *core, struct turn *turn, int64_t now_ns) {
  struct vsched_core *own = &core->area->core;
  turn->tick_ns = now_ns;
  own->own_ns = (uint64_t)own_time_ns();
  own->steal_us = steal_us(core->stat, core->area->head.cpu);
  realtime_offset_ns(&core->offset_ns);
  drop_ended(core);
  const uint64_t heartbeat_ns = __atomic_load_n(&core->area->watch.heartbeat_ns, __ATOMIC_RELAXED);
  turn->watch_ticks = heartbeat_ns == turn->watch_ns ? turn->watch_ticks + 1 : 0;
  turn->watch_ns = heartbeat_ns;
  return turn->watch_ticks < PATIENT_TICKS;
}

/* False when the agent has ended. */
static bool hear(int bell, struct turn *turn) {
  char bytes[256];
  const ssize_t count = read(bell, bytes, sizeof bytes);
  if (count > 0) turn->has_changes = true;
  return count > 0 || (count < 0 && errno == EINTR);
}

/* Gives an exit code, or -1 to go on. */
static int sleep_until(struct turn *turn, int bell, int lifeline, const sigset_t *awake) {
  struct pollfd sources[] = {{.fd = bell, .events = POLLIN}, {.fd = lifeline, .events = POLLIN}};
  const int64_t left_ns = turn->wake_ns - monotonic_ns();
  const struct timespec wait = {.tv_sec = left_ns > 0 ? left_ns / 1000000000 : 0, .tv_nsec = left_ns > 0 ? left_ns % 1000000000 : 0};
  const int ready = ppoll(sources, 2, &wait, awake);
  if (told_to_end) return 0;
  if (ready <= 0) return -1;
  if (sources[1].revents != 0) return EXIT_UNWATCHED;
  return hear(bell, turn) ? -1 : 0;
}

static int schedule_all(struct core *core, int bell, int lifeline) {
  struct vsched_core *own = &core->area->core;
  struct turn turn = {.has_changes = true};
  sigset_t asleep, awake;
  sigemptyset(&asleep);
  sigaddset(&asleep, SIGTERM);
  sigaddset(&asleep, SIGINT);
  sigprocmask(SIG_BLOCK, &asleep, &awake);
  for (int end = -1;;) {
    const int64_t now_ns = monotonic_ns();
    const int64_t late_ns = turn.wake_ns > 0 && now_ns > turn.wake_ns ? now_ns - turn.wake_ns : 0;
    __atomic_store_n(&own->heartbeat_ns, (uint64_t)now_ns, __ATOMIC_RELAXED);
    own->wakes++;
    own->late_ns += (uint64_t)late_ns;
    if ((uint64_t)late_ns > own->latest_ns) own->latest_ns = (uint64_t)late_ns;
    if (now_ns - turn.tick_ns >= WATCH_PERIOD_NS && !tick(core, &turn, now_ns)) return EXIT_UNWATCHED;
    if (turn.has_changes) turn.has_changes = !apply_wishes(core, now_ns);
    const int64_t next_ns = decide(core, now_ns, late_ns), tick_ns = turn.tick_ns + latest_tick_ns;
    turn.wake_ns = next_ns < tick_ns ? next_ns : tick_ns;
    if ((end = sleep_until(&turn, bell, lifeline, &awake)) >= 0) return end;
  }
}

int core_run(struct vsched_area *area, int bell, int lifeline) {
  static struct core core;
  core.area = area;
  core.stat = open("/proc/stat", O_RDONLY | O_CLOEXEC);
  edf_init(&core.edf, &tuning);
  realtime_offset_ns(&core.offset_ns);
  const int trouble = become_core(area->head.cpu);
  if (trouble != 0) return trouble;
  area->core.started_ns = (uint64_t)monotonic_ns();
  if (puts("ready") < 0 || fflush(stdout) != 0) return refused("tell that it is ready");
  const int end = schedule_all(&core, bell, lifeline);
  release_all(area);
  return end;
}
