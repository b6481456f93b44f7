// SPDX-License-Identifier: Apache-2.0
#include "follow-order.h"

#include <stdbool.h>

#include "phase.h"
#include "publish.h"

static bool is_realtime(const struct vsched_wish *wish) { return (wish->flags & VSCHED_PHASED) != 0 && (wish->flags & VSCHED_REALTIME) != 0; }

void keep_phase(struct scheduler *scheduler, int task) {
  const struct vsched_wish *wish = &scheduler->wishes[task];
  if (!is_realtime(wish)) return;
  const struct edf_task *scheduled = &scheduler->edf.tasks[task];
  const int64_t start_ns = scheduled->start_ns + scheduler->offset_ns;
  edf_shift(&scheduler->edf, task, phase_step_ns(start_ns, wish->phase_us * 1000, scheduled->period_ns));
}

/* Whether periods go on as they were. A phase that moves a little, as the clocks of hosts do, is followed from period to period. */
static bool goes_on(const struct vsched_wish *before, const struct vsched_wish *wish) {
  if (before->period_us != wish->period_us || ((before->flags ^ wish->flags) & (VSCHED_PHASED | VSCHED_REALTIME)) != 0) return false;
  return before->phase_us == wish->phase_us || (is_realtime(wish) && phase_is_near(before->phase_us, wish->phase_us, wish->period_us));
}

/* When its periods begin: as it says; otherwise as they did; otherwise at multiples of the period: tasks that begin together wake the core once. */
static int64_t phase_of(const struct scheduler *scheduler, int task, const struct vsched_wish *wish) {
  const struct edf_task *scheduled = &scheduler->edf.tasks[task];
  if (scheduled->used && goes_on(&scheduler->wishes[task], wish)) return scheduled->start_ns;
  if ((wish->flags & VSCHED_PHASED) == 0) return scheduled->used ? scheduled->start_ns : 0;
  return wish->phase_us * 1000 - (is_realtime(wish) ? scheduler->offset_ns : 0);
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
  if (!scheduled->used || before->slice_us != wish->slice_us || !goes_on(before, wish))
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
