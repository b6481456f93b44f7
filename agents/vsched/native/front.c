// SPDX-License-Identifier: Apache-2.0
#include "front.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "apply-wishes.h"
#include "clocks.h"

enum { PRIORITY = 98, STACK_BYTES = 256 * 1024, SCAN_MS = 20 };

/* Waits for the agent, or for a process to end. False when the agent has ended. */
static bool wait_for_work(struct front *front, bool *has_changes) {
  struct pollfd sources[VSCHED_TASKS + 1];
  char bytes[256];
  for (int i = 0; i < VSCHED_TASKS; i++)
    sources[i] = (struct pollfd){.fd = front->wishes[i].pid == 0 ? -1 : front->holdings[i].process, .events = POLLIN};
  sources[VSCHED_TASKS] = (struct pollfd){.fd = front->bell, .events = POLLIN};
  const bool is_idle = front->area->core.held == 0 && !*has_changes;
  if (poll(sources, VSCHED_TASKS + 1, is_idle ? -1 : SCAN_MS) <= 0) return true;
  for (int i = 0; i < VSCHED_TASKS; i++)
    if (sources[i].revents != 0) forget_ended(front, i);
  if (sources[VSCHED_TASKS].revents == 0) return true;
  const ssize_t count = read(front->bell, bytes, sizeof bytes);
  if (count > 0) *has_changes = true;
  return count > 0 || (count < 0 && errno == EINTR);
}

static void scan(struct front *front) {
  const int64_t now_ns = monotonic_ns();
  for (int i = 0; i < VSCHED_TASKS; i++) {
    if (front->wishes[i].pid == 0 || !holding_scan(&front->holdings[i], now_ns)) continue;
    const struct order order = {.kind = ORDER_THREADS, .task = i, .holding = &front->holdings[i]};
    mailbox_send(front->mailbox, &order);
  }
}

static void *serve(void *argument) {
  struct front *front = argument;
  const struct sched_param below = {.sched_priority = PRIORITY};
  pthread_setname_np(pthread_self(), "vsched-front");
  sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &below);
  for (bool has_changes = true; wait_for_work(front, &has_changes);) {
    if (has_changes) has_changes = !apply_wishes(front);
    scan(front);
  }
  kill(getpid(), SIGTERM); // the scheduler has seen it already, but for an input that is no pipe
  return NULL;
}

bool front_start(struct front *front) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  for (int i = 0; i < VSCHED_TASKS; i++) front->holdings[i] = (struct holding){.process = -1, .listing = -1};
  // Signals are for the scheduler.
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  errno = pthread_create(&thread, &attributes, serve, front);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return errno == 0;
}
