// SPDX-License-Identifier: Apache-2.0
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clocks.h"
#include "pass-descriptor.h"
#include "program.h"
#include "release.h"
#include "standstill.h"

enum {
  PATIENT_LOOKS = 5, /* at a core that does not move: 100 ms */
  START_LOOKS = 500, /* until it moves for the first time: it holds nothing yet, and has no priority */
  DEATH_MS = 50,     /* that a killed core may take before its processes are returned without waiting for it */
};

/* linux/sched/types.h collides with the C library's sched.h. */
struct deadline_attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime_ns, deadline_ns, period_ns;
};

static volatile sig_atomic_t told_to_end;

static void note_end(int signal) {
  (void)signal;
  told_to_end = 1;
}

static void note_child(int signal) { (void)signal; }

/* Above a core that runs for ever: deadline scheduling comes before all priorities. Where the system refuses, on any other processor. */
static bool rise(unsigned cpu) {
  const struct deadline_attributes deadline = {
      .size = sizeof deadline, .policy = 6 /* SCHED_DEADLINE */, .runtime_ns = 2000000, .deadline_ns = WATCH_PERIOD_NS, .period_ns = WATCH_PERIOD_NS};
  cpu_set_t everywhere, elsewhere;
  memset(&everywhere, 0xff, sizeof everywhere);
  sched_setaffinity(0, sizeof everywhere, &everywhere);
  if (syscall(SYS_sched_setattr, 0, &deadline, 0) == 0) return true;
  const struct sched_param highest = {.sched_priority = 99};
  if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &highest) != 0)
    fprintf(stderr, "virtuoso-vsched: the watchdog has no real-time priority (%s): it may come late\n", strerror(errno));
  sched_getaffinity(0, sizeof elsewhere, &elsewhere);
  CPU_CLR(cpu, &elsewhere);
  if (CPU_COUNT(&elsewhere) > 0) sched_setaffinity(0, sizeof elsewhere, &elsewhere);
  return false;
}

static void become_watch(struct vsched_area *area) {
  char name[16];
  const struct sigaction on_end = {.sa_handler = note_end}, on_child = {.sa_handler = note_child};
  snprintf(name, sizeof name, "vsched-watch/%u", area->head.cpu % 100);
  prctl(PR_SET_NAME, name);
  mlockall(MCL_CURRENT | MCL_FUTURE);
  sigaction(SIGTERM, &on_end, NULL);
  sigaction(SIGINT, &on_end, NULL);
  sigaction(SIGCHLD, &on_child, NULL);
  area->watch.is_deadline = rise(area->head.cpu);
}

/* How the core does. */
struct health {
  bool has_ended, is_stopped;
  int exit_code, signal;
};

static struct health look(pid_t core) {
  siginfo_t info = {0};
  if (waitid(P_PID, (id_t)core, &info, WEXITED | WSTOPPED | WNOHANG) != 0) return (struct health){.has_ended = true, .exit_code = EXIT_TROUBLE};
  if (info.si_pid == 0) return (struct health){0};
  if (info.si_code == CLD_STOPPED) return (struct health){.is_stopped = true, .signal = info.si_status};
  if (info.si_code == CLD_EXITED) return (struct health){.has_ended = true, .exit_code = info.si_status};
  return (struct health){.has_ended = true, .exit_code = EXIT_TROUBLE, .signal = info.si_status};
}

static void sleep_ms(long ms) {
  const struct timespec moment = {.tv_nsec = ms * 1000000};
  nanosleep(&moment, NULL);
}

/* What the core has taken over. */
struct watched {
  struct vsched_area *area;
  int core_socket;
  pid_t core;
  struct standstill standstill;
  int processes[VSCHED_TASKS]; /* pidfds, or -1 */
};

static void receive(struct watched *watched) {
  int task, process;
  while (receive_descriptor(watched->core_socket, &task, &process)) {
    if (watched->processes[task] >= 0) close(watched->processes[task]);
    watched->processes[task] = process;
  }
}

static int return_all(struct watched *watched) {
  receive(watched);
  return release_all(watched->area, watched->processes);
}

/* Nothing is returned before it is certainly dead, for until then it may go on stopping processes; unless it does not die. */
static int put_down(struct watched *watched) {
  kill(watched->core, SIGKILL);
  for (int waited_ms = 0; waited_ms < DEATH_MS && !look(watched->core).has_ended; waited_ms++) sleep_ms(1);
  return return_all(watched);
}

static int tell(struct watched *watched, const char *what, int number, int releases) {
  watched->area->watch.releases += (uint32_t)releases;
  fprintf(stderr, "virtuoso-vsched: the core of processor %u %s %d; processes returned to ordinary scheduling: %d\n", watched->area->head.cpu,
          what, number, releases);
  return EXIT_TROUBLE;
}

static int after_end(struct watched *watched, const struct health *health) {
  const int releases = return_all(watched);
  if (health->signal != 0) return tell(watched, "was killed by signal", health->signal, releases);
  return health->exit_code;
}

static void forward_end(pid_t core) {
  if (told_to_end) kill(core, SIGTERM);
  told_to_end = 0;
}

/* At a time when a heartbeat is due. */
static bool hangs(struct watched *watched) {
  const uint64_t heartbeat_ns = __atomic_load_n(&watched->area->core.heartbeat_ns, __ATOMIC_RELAXED);
  return has_failed(&watched->standstill, watched->core, heartbeat_ns, heartbeat_ns == 0 ? START_LOOKS : PATIENT_LOOKS);
}

/* Gives an exit code, or -1 to go on. */
static int look_after(struct watched *watched, bool is_due) {
  __atomic_store_n(&watched->area->watch.heartbeat_ns, (uint64_t)monotonic_ns(), __ATOMIC_RELAXED);
  watched->area->watch.own_ns = (uint64_t)own_time_ns();
  receive(watched);
  const struct health health = look(watched->core);
  if (health.has_ended) return after_end(watched, &health);
  if (health.is_stopped) return tell(watched, "was stopped by signal", health.signal, put_down(watched));
  if (!is_due || !hangs(watched)) return -1;
  return tell(watched, "did not move. Looks at it:", watched->standstill.looks, put_down(watched));
}

int watch_run(struct vsched_area *area, pid_t core, int core_socket) {
  struct watched watched = {.area = area, .core_socket = core_socket, .core = core};
  sigset_t asleep, awake;
  memset(watched.processes, 0xff, sizeof watched.processes);
  sigemptyset(&asleep);
  sigaddset(&asleep, SIGTERM);
  sigaddset(&asleep, SIGINT);
  sigaddset(&asleep, SIGCHLD);
  sigprocmask(SIG_BLOCK, &asleep, &awake);
  become_watch(area);
  for (bool is_due = false;;) {
    const int end = look_after(&watched, is_due);
    if (end >= 0) return end;
    forward_end(core);
    // A signal cuts it short: above all that the core has ended, or was stopped.
    const struct timespec period = {.tv_nsec = WATCH_PERIOD_NS};
    is_due = ppoll(NULL, 0, &period, &awake) == 0;
  }
}
