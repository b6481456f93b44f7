// SPDX-License-Identifier: Apache-2.0
#include "follow-order.h"

#include <stdbool.h>

#include "publish.h"

static bool is_realtime(const struct vsched_wish *wish) { return (wish->flags & VSCHED_PHASED) != 0 && (wish->flags & VSCHED_REALTIME) != 0; }

void keep_phase(struct scheduler *scheduler, int task) {
  const struct vsched_wish *wish = &scheduler->wishes[task];
  if (!is_realtime(wish)) return;
  const struct edf_task *scheduled = &scheduler->edf.tasks[task];
  const int64_t period_ns = scheduled->period_ns, most_ns = period_ns / 64;
  int64_t off_ns = (scheduled->start_ns + scheduler->offset_ns - wish->phase_us * 1000) % period_ns;
  if (off_ns > period_ns / 2) off_ns -= period_ns;
  if (off_ns < -period_ns / 2) off_ns += period_ns;
  edf_shift(&scheduler->edf, task, off_ns > most_ns ? -most_ns : off_ns < -most_ns ? most_ns : -off_ns);
}

/* When its periods begin: as it says; otherwise as they did; otherwise at multiples of the period: tasks that begin together wake the core once. */
static int64_t phase_of(const struct scheduler *scheduler, int task, const struct vsched_wish *wish) {
  const uint32_t phased = VSCHED_PHASED | VSCHED_REALTIME;
  const struct vsched_wish *before = &scheduler->wishes[task];
  const struct edf_task *scheduled = &scheduler->edf.tasks[task];
  const bool is_aligned = scheduled->used && before->period_us == wish->period_us && before->phase_us == wish->phase_us &&
                          ((before->flags ^ wish->flags) & phased) == 0;
  if (is_aligned) return scheduled->start_ns;
  if ((wish->flags & VSCHED_PHASED) == 0) return scheduled->used ? scheduled->start_ns : 0;
  return wish->phase_us * 1000 - (is_realtime(wish) ? scheduler->offset_ns : 0);
}

static bool is_other_schedule(const struct vsched_wish *a, const struct vsched_wish *b) {
  return a->period_us != b->period_us || a->slice_us != b->slice_us || a->phase_us != b->phase_us ||
         ((a->flags ^ b->flags) & (VSCHED_PHASED | VSCHED_REALTIME)) != 0;
}

static void take_in(struct scheduler *scheduler, int task, const struct holding *holding) {
  struct guest *guest = &scheduler->guests[task];
  *guest = (struct guest){.pid = holding->pid, .process = holding->process};
  guest_has_threads(guest, holding->tids, holding->threads);
  publish_taken(scheduler->area, task, holding->pid);
}

static void schedule(struct scheduler *scheduler, int task, const struct order *order, int64_t now_ns) {
  const struct vsched_wish *wish = &order->wish, *before = &scheduler->wishes[task];
  struct edf_task *scheduled = &scheduler->edf.tasks[task];
  if (before->pid == 0) take_in(scheduler, task, order->holding);
  const int64_t clock_ns = guest_clock_ns(&scheduler->guests[task]);
  if (!scheduled->used || is_other_schedule(before, wish))
    edf_set(&scheduler->edf, task, now_ns, clock_ns < 0 ? scheduled->base_ns : clock_ns, wish->period_us * 1000, wish->slice_us * 1000,
            phase_of(scheduler, task, wish));
  scheduled->strict = (wish->flags & VSCHED_STRICT) != 0;
  scheduled->paused = (wish->flags & VSCHED_PAUSED) != 0;
  scheduler->wishes[task] = *wish;
}

static void remove_task(struct scheduler *scheduler, int task) {
  guest_do(&scheduler->guests[task], EDF_ORDINARY, 0);
  edf_remove(&scheduler->edf, task);
  scheduler->wishes[task] = (struct vsched_wish){0};
}

void follow_order(struct scheduler *scheduler, int64_t now_ns) {
  const struct order *order = mailbox_take(scheduler->mailbox);
  if (order->kind == ORDER_SCHEDULE) schedule(scheduler, order->task, order, now_ns);
  if (order->kind == ORDER_THREADS) guest_has_threads(&scheduler->guests[order->task], order->holding->tids, order->holding->threads);
  if (order->kind == ORDER_REMOVE) remove_task(scheduler, order->task);
  mailbox_done(scheduler->mailbox);
}
