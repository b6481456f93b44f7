// SPDX-License-Identifier: Apache-2.0
#include "core.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#include "clocks.h"
#include "front.h"
#include "program.h"
#include "release.h"
#include "scheduler.h"

enum { PRIORITY = 99, WATCH_START_MS = 10000 };

static int refused(const char *what) {
  fprintf(stderr, "virtuoso-vsched: cannot %s: %s; it needs CAP_SYS_NICE, CAP_IPC_LOCK, CAP_KILL, and real-time bandwidth in its control group\n",
          what, strerror(errno));
  return EXIT_TROUBLE;
}

/* The front is started before, so that it may run anywhere. */
static bool bind_to(unsigned cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

static bool become_real_time(void) {
  const struct sched_param highest = {.sched_priority = PRIORITY};
  return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &highest) == 0;
}

/* Nothing is taken over before somebody watches. */
static bool is_watched(const struct vsched_area *area) {
  const struct timespec moment = {.tv_nsec = 1000000};
  for (int waited_ms = 0; waited_ms < WATCH_START_MS; waited_ms++) {
    if (__atomic_load_n(&area->watch.heartbeat_ns, __ATOMIC_RELAXED) != 0) return true;
    nanosleep(&moment, NULL);
  }
  errno = ETIMEDOUT;
  return false;
}

int core_run(struct vsched_area *area, int bell, int watch) {
  static struct scheduler scheduler;
  static struct front front;
  static struct mailbox mailbox;
  char name[16];
  snprintf(name, sizeof name, "vsched-core/%u", area->head.cpu % 1000);
  prctl(PR_SET_NAME, name);
  if (!mailbox_open(&mailbox)) return refused("make event descriptors");
  scheduler = (struct scheduler){.area = area, .mailbox = &mailbox, .stat = open("/proc/stat", O_RDONLY | O_CLOEXEC), .bell = bell, .watch = watch};
  front.area = area;
  front.mailbox = &mailbox;
  front.bell = bell;
  front.watch = watch;
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) return refused("lock memory");
  if (!front_start(&front)) return refused("start a thread");
  if (!bind_to(area->head.cpu)) return refused("run on the processor");
  if (!become_real_time()) return refused("run at SCHED_FIFO 99");
  if (!is_watched(area)) return refused("begin without its watchdog");
  area->core.started_ns = (uint64_t)monotonic_ns();
  if (puts("ready") < 0 || fflush(stdout) != 0) return refused("tell that it is ready");
  const int end = scheduler_run(&scheduler);
  release_all(area, NULL);
  return end;
}
