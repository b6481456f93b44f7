// SPDX-License-Identifier: Apache-2.0
#include "guest.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process-look.h"
#include "release.h"

/* As in the seed; those that wait come after the one that runs, and before all that is ordinary. */
enum { RUNNING_PRIORITY = 97, WAITING_PRIORITY = 96 };

/* Looking at all threads again may find new ones even where there are as many as before. */
static const int64_t rescan_ns = 1000000000, recount_ns = 5000000;

/* Threads and processes that it begins are ordinary until a scan finds them: nothing stays behind at a real-time priority. */
static int set_priority(pid_t tid, int priority) {
  const struct sched_param parameter = {.sched_priority = priority};
  return sched_setscheduler(tid, priority > 0 ? SCHED_FIFO | SCHED_RESET_ON_FORK : SCHED_OTHER, &parameter);
}

static int bind(pid_t tid, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return sched_setaffinity(tid, sizeof set, &set);
}

static bool knows(const struct guest *guest, pid_t tid) {
  for (int i = 0; i < guest->threads; i++)
    if (guest->tids[i] == tid) return true;
  return false;
}

/* Gives 0, or the errno of what the system refused; a thread that has ended meanwhile is no trouble. */
static int adopt(struct guest *guest) {
  pid_t tids[GUEST_THREADS];
  const int count = threads_read(guest->listing, tids, GUEST_THREADS);
  int trouble = 0;
  for (int i = 0; i < count; i++) {
    if (knows(guest, tids[i])) continue;
    if ((bind(tids[i], guest->cpu) != 0 || set_priority(tids[i], guest->priority) != 0) && errno != ESRCH) trouble = errno;
  }
  memcpy(guest->tids, tids, sizeof *tids * (size_t)count);
  guest->threads = count;
  return trouble;
}

void guest_scan(struct guest *guest, int64_t now_ns) {
  const int64_t age_ns = now_ns - guest->scanned_ns;
  if (age_ns < recount_ns || (age_ns < rescan_ns && threads_count(guest->listing) == guest->threads)) return;
  adopt(guest);
  guest->scanned_ns = now_ns;
}

/* Processor clock of another process, as clock_getcpuclockid(3) makes it. */
static clockid_t clock_of(pid_t pid) { return (clockid_t)(~(unsigned)pid << 3 | 2); }

static int refuse(struct guest *guest, int answer, int reason, int *error) {
  *error = reason;
  if (guest->process >= 0) close(guest->process);
  if (guest->listing >= 0) close(guest->listing);
  return answer;
}

static void note_held(struct vsched_held *held, const struct guest *guest, const cpu_set_t *mask) {
  _Static_assert(sizeof held->mask == sizeof *mask, "sets of processors are as large as the C library's");
  held->pid = guest->pid;
  held->start_ticks = guest->start_ticks;
  memcpy(held->mask, mask, sizeof held->mask);
  __atomic_store_n(&held->held, 1, __ATOMIC_SEQ_CST);
}

int guest_take(struct guest *guest, struct vsched_held *held, pid_t pid, uint64_t start_ticks, int cpu, int *error) {
  cpu_set_t mask;
  *guest = (struct guest){.pid = pid, .cpu = cpu, .clock = clock_of(pid), .listing = -1};
  guest->process = (int)syscall(SYS_pidfd_open, pid, 0);
  if (guest->process < 0) return refuse(guest, errno == ESRCH ? VSCHED_GONE : VSCHED_DENIED, errno, error);
  // The number was that of this process when the descriptor was made, and is until it has ended.
  guest->start_ticks = start_ticks_of(pid);
  if (guest->start_ticks == 0) return refuse(guest, VSCHED_GONE, ESRCH, error);
  if (start_ticks != 0 && start_ticks != guest->start_ticks) return refuse(guest, VSCHED_OTHER, 0, error);
  guest->listing = threads_open(pid);
  if (guest->listing < 0 || sched_getaffinity(pid, sizeof mask, &mask) != 0) return refuse(guest, VSCHED_GONE, errno, error);
  note_held(held, guest, &mask);
  // Tried at once, because a process in a control group without real-time bandwidth cannot be scheduled at all.
  guest->priority = WAITING_PRIORITY;
  const int trouble = adopt(guest);
  *error = 0;
  if (trouble == 0 && guest->threads > 0) return VSCHED_HELD;
  guest_return(guest, held);
  *error = trouble;
  return trouble != 0 ? VSCHED_DENIED : VSCHED_GONE;
}

void guest_return(struct guest *guest, struct vsched_held *held) {
  release_process(held);
  __atomic_store_n(&held->held, 0, __ATOMIC_SEQ_CST);
  close(guest->process);
  close(guest->listing);
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

bool guest_do(struct guest *guest, enum edf_state state) {
  static const int priorities[] = {[EDF_ORDINARY] = 0, [EDF_WAITING] = WAITING_PRIORITY, [EDF_RUNNING] = RUNNING_PRIORITY};
  if (state == EDF_STOPPED) {
    const bool changes = !guest->stopped;
    stop(guest);
    return changes;
  }
  const bool changes = guest->stopped || guest->priority != priorities[state];
  prioritise(guest, priorities[state]);
  go_on(guest);
  return changes;
}

int64_t guest_clock_ns(const struct guest *guest) {
  struct timespec used;
  if (clock_gettime(guest->clock, &used) != 0) return -1;
  return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}
