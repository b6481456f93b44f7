// SPDX-License-Identifier: Apache-2.0
#include "holding.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process-look.h"
#include "release.h"

/* Looking at all threads again may find new ones even where there are as many as before. */
static const int64_t rescan_ns = 200000000;

void holding_close(struct holding *holding) {
  if (holding->process >= 0) close(holding->process);
  if (holding->listing >= 0) close(holding->listing);
  *holding = (struct holding){.process = -1, .listing = -1};
}

static int refuse(struct holding *holding, int answer, int reason, int *error) {
  holding_close(holding);
  *error = reason;
  return answer;
}

int holding_open(struct holding *holding, pid_t pid, uint64_t start_ticks, int *error) {
  *error = 0;
  *holding = (struct holding){.pid = pid, .listing = -1};
  holding->process = (int)syscall(SYS_pidfd_open, pid, 0);
  if (holding->process < 0) return refuse(holding, errno == ESRCH ? VSCHED_GONE : VSCHED_DENIED, errno, error);
  // The number was that of this process when the descriptor was made, and is until it has ended.
  holding->start_ticks = start_ticks_of(pid);
  holding->listing = threads_open(pid);
  if (holding->start_ticks == 0 || holding->listing < 0) return refuse(holding, VSCHED_GONE, ESRCH, error);
  if (start_ticks != 0 && start_ticks != holding->start_ticks) return refuse(holding, VSCHED_OTHER, 0, error);
  return VSCHED_HELD;
}

static int bind(pid_t tid, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return sched_setaffinity(tid, sizeof set, &set);
}

/* A process in a control group without real-time bandwidth cannot be scheduled at all. */
static int try_priority(pid_t tid) {
  const struct sched_param lowest = {.sched_priority = 1}, none = {0};
  if (sched_setscheduler(tid, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest) != 0) return -1;
  return sched_setscheduler(tid, SCHED_OTHER, &none);
}

static bool knows(const struct holding *holding, pid_t tid) {
  for (int i = 0; i < holding->threads; i++)
    if (holding->tids[i] == tid) return true;
  return false;
}

/* Gives 0, or the errno of what the system refused; a thread that has ended meanwhile is no trouble. */
static int adopt(struct holding *holding) {
  pid_t tids[GUEST_THREADS];
  const int count = threads_read(holding->listing, tids, GUEST_THREADS);
  int trouble = 0;
  for (int i = 0; i < count; i++)
    if (!knows(holding, tids[i]) && bind(tids[i], holding->cpu) != 0 && errno != ESRCH) trouble = errno;
  memcpy(holding->tids, tids, sizeof *tids * (size_t)count);
  holding->threads = count;
  return trouble;
}

static void note_held(struct vsched_held *held, const struct holding *holding, const cpu_set_t *mask) {
  _Static_assert(sizeof held->mask == sizeof *mask, "sets of processors are as large as the C library's");
  held->pid = holding->pid;
  held->start_ticks = holding->start_ticks;
  memcpy(held->mask, mask, sizeof held->mask);
  __atomic_store_n(&held->held, 1, __ATOMIC_SEQ_CST);
}

int holding_take(struct holding *holding, struct vsched_held *held, int cpu, int *error) {
  cpu_set_t mask;
  *error = 0;
  if (threads_count(holding->listing) > GUEST_THREADS) return refuse(holding, VSCHED_DENIED, E2BIG, error);
  if (sched_getaffinity(holding->pid, sizeof mask, &mask) != 0) return refuse(holding, errno == ESRCH ? VSCHED_GONE : VSCHED_DENIED, errno, error);
  note_held(held, holding, &mask);
  holding->cpu = cpu;
  const int trouble = try_priority(holding->pid) != 0 ? errno : adopt(holding);
  if (trouble == 0 && holding->threads > 0) return VSCHED_HELD;
  release_process(held, holding->process);
  return refuse(holding, trouble != 0 && trouble != ESRCH ? VSCHED_DENIED : VSCHED_GONE, trouble, error);
}

bool holding_scan(struct holding *holding, int64_t now_ns) {
  if (now_ns - holding->scanned_ns < rescan_ns && threads_count(holding->listing) == holding->threads) return false;
  holding->scanned_ns = now_ns;
  adopt(holding);
  return holding->threads > 0;
}
