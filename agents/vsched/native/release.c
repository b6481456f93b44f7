// SPDX-License-Identifier: Apache-2.0
#include "release.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
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

void release_process(const struct vsched_held *held) {
  cpu_set_t mask;
  memcpy(&mask, held->mask, sizeof mask);
  const int process = (int)syscall(SYS_pidfd_open, held->pid, 0);
  if (process < 0) return;
  const int listing = threads_open(held->pid);
  // Asked after both are open: they are of the process that started then, or of another that is none of ours.
  if (listing >= 0 && start_ticks_of(held->pid) == held->start_ticks) {
    for (int round = 0; round < ROUNDS && !release_threads(listing, &mask); round++) continue;
    syscall(SYS_pidfd_send_signal, process, SIGCONT, NULL, 0);
  }
  if (listing >= 0) close(listing);
  close(process);
}

int release_all(struct vsched_area *area) {
  int count = 0;
  for (int i = 0; i < VSCHED_TASKS; i++) {
    struct vsched_held *held = &area->held[i];
    if (__atomic_load_n(&held->held, __ATOMIC_SEQ_CST) == 0) continue;
    release_process(held);
    __atomic_store_n(&held->held, 0, __ATOMIC_SEQ_CST);
    count++;
  }
  return count;
}
