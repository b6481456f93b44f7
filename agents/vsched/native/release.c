// SPDX-License-Identifier: Apache-2.0
#include "release.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process-look.h"

enum { MOST_THREADS = 2048, ROUNDS = 3 /* for threads that are begun meanwhile */ };

static void release_thread(pid_t tid, const cpu_set_t *mask) {
  const struct sched_param none = {0};
  sched_setscheduler(tid, SCHED_OTHER, &none);
  sched_setaffinity(tid, sizeof *mask, mask);
}

static bool release_threads(int listing, const cpu_set_t *mask) {
  pid_t tids[MOST_THREADS];
  const int count = threads_read(listing, tids, MOST_THREADS);
  for (int i = 0; i < count; i++) release_thread(tids[i], mask);
  return count == threads_count(listing);
}

static bool lives(int process) {
  struct pollfd end = {.fd = process, .events = POLLIN};
  return poll(&end, 1, 0) == 0;
}

static void release(const struct vsched_held *held, int process, int listing) {
  cpu_set_t mask;
  memcpy(&mask, held->mask, sizeof mask);
  for (int round = 0; round < ROUNDS && !release_threads(listing, &mask); round++) continue;
  syscall(SYS_pidfd_send_signal, process, SIGCONT, NULL, 0);
}

/* A number may have become that of another process: asked after both descriptors are open. */
bool release_process(struct vsched_held *held, int process) {
  const int own = process >= 0 ? -1 : (int)syscall(SYS_pidfd_open, held->pid, 0), known = process >= 0 ? process : own;
  const int listing = threads_open(held->pid);
  const bool is_it = known >= 0 && listing >= 0 && (process >= 0 ? lives(process) : start_ticks_of(held->pid) == held->start_ticks);
  if (is_it) release(held, known, listing);
  if (listing >= 0) close(listing);
  if (own >= 0) close(own);
  __atomic_store_n(&held->held, 0, __ATOMIC_SEQ_CST);
  return is_it;
}

int release_all(struct vsched_area *area, const int *processes) {
  int count = 0;
  for (int i = 0; i < VSCHED_TASKS; i++) {
    if (__atomic_load_n(&area->held[i].held, __ATOMIC_SEQ_CST) == 0) continue;
    if (release_process(&area->held[i], processes == NULL ? -1 : processes[i])) count++;
  }
  return count;
}
