// SPDX-License-Identifier: Apache-2.0
#include "guest.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clocks.h"

/* Threads and processes that it begins are ordinary until they are found: nothing stays behind at a real-time priority. */
static void set_priority(pid_t tid, int priority) {
  const struct sched_param parameter = {.sched_priority = priority};
  sched_setscheduler(tid, priority > 0 ? SCHED_FIFO | SCHED_RESET_ON_FORK : SCHED_OTHER, &parameter);
}

static void prioritise(struct guest *guest, int priority) {
  if (guest->priority == priority) return;
  guest->priority = priority;
  for (int i = 0; i < guest->threads; i++) set_priority(guest->tids[i], priority);
}

/* A signal to the process would be taken by whichever thread gets a processor next, which may be none while another one runs at a
   real-time priority. So each gets its own, and keeps its priority to take it at once. */
static void stop(struct guest *guest) {
  if (guest->stopped) return;
  guest->stopped = true;
  for (int i = 0; i < guest->threads; i++) syscall(SYS_tgkill, guest->pid, guest->tids[i], SIGSTOP);
}

static void go_on(struct guest *guest) {
  if (!guest->stopped) return;
  guest->stopped = false;
  syscall(SYS_pidfd_send_signal, guest->process, SIGCONT, NULL, 0);
}

/* As in the seed, the one that runs has SCHED_FIFO 97. Those that wait come after it, and before all that is ordinary. */
static int priority_of(enum edf_state state, int level) { return state == EDF_RUNNING ? EDF_LEVELS : state == EDF_WAITING ? level : 0; }

bool guest_do(struct guest *guest, enum edf_state state, int level) {
  if (guest->gone) return false;
  if (state == EDF_STOPPED) {
    const bool changes = !guest->stopped;
    stop(guest);
    return changes;
  }
  const int priority = priority_of(state, level);
  const bool changes = guest->stopped || guest->priority != priority;
  prioritise(guest, priority);
  go_on(guest);
  return changes;
}

static bool knows(const struct guest *guest, pid_t tid) {
  for (int i = 0; i < guest->threads; i++)
    if (guest->tids[i] == tid) return true;
  return false;
}

void guest_has_threads(struct guest *guest, const pid_t *tids, int count) {
  if (guest->gone) return;
  for (int i = 0; i < count; i++) {
    if (knows(guest, tids[i])) continue;
    set_priority(tids[i], guest->priority);
    if (guest->stopped) syscall(SYS_tgkill, guest->pid, tids[i], SIGSTOP);
  }
  memcpy(guest->tids, tids, sizeof *tids * (size_t)count);
  guest->threads = count;
}

void guest_look(struct guest *guest) {
  struct pollfd end = {.fd = guest->process, .events = POLLIN};
  if (poll(&end, 1, 0) > 0) guest->gone = true;
}

int64_t guest_clock_ns(const struct guest *guest) { return guest->gone ? -1 : process_time_ns(guest->pid); }
