// SPDX-License-Identifier: Apache-2.0
#include "apply-wishes.h"

#include <errno.h>

#include "admission.h"
#include "pass-descriptor.h"
#include "release.h"
#include "sequence.h"
#include "wanted.h"

static bool is_held(const struct front *front, int task) { return front->wishes[task].pid != 0; }

static void answer(struct front *front, int task, pid_t pid, int what, int error) {
  struct vsched_answer *part = &front->area->answers[task];
  const struct vsched_wish *force = &front->wishes[task];
  const struct holding *holding = &front->holdings[task];
  sequence_begin(&part->sequence);
  part->answer = (uint32_t)what;
  part->pid = pid;
  part->error = error;
  part->start_ticks = is_held(front, task) ? holding->start_ticks : 0;
  part->period_us = force->period_us;
  part->slice_us = force->slice_us;
  part->flags = force->flags;
  part->threads = is_held(front, task) ? (uint32_t)holding->threads : 0;
  sequence_end(&part->sequence);
}

/* The scheduler lets it go first, which cannot wait; then all else is put back. */
static void let_go(struct front *front, int task) {
  const struct order order = {.kind = ORDER_REMOVE, .task = task};
  mailbox_send(front->mailbox, &order);
  release_process(&front->area->held[task], front->holdings[task].process);
  holding_close(&front->holdings[task]);
  front->wishes[task] = (struct vsched_wish){0};
  front->area->core.held--;
}

void forget_ended(struct front *front, int task) {
  const pid_t pid = front->wishes[task].pid;
  let_go(front, task);
  answer(front, task, pid, VSCHED_GONE, ESRCH);
}

/* Whether the wish is for the process that is held there. */
static bool is_same(const struct front *front, int task, const struct vsched_wish *wish) {
  const struct holding *holding = &front->holdings[task];
  return is_held(front, task) && holding->pid == wish->pid && (wish->start_ticks == 0 || wish->start_ticks == holding->start_ticks);
}

/* With everything else that is held. */
static bool fits(const struct front *front, int task, const struct vsched_wish *wish) {
  int64_t slices_us[VSCHED_TASKS] = {wish->slice_us}, periods_us[VSCHED_TASKS] = {wish->period_us};
  int count = 1;
  for (int i = 0; i < VSCHED_TASKS; i++) {
    if (i == task || !is_held(front, i)) continue;
    slices_us[count] = front->wishes[i].slice_us;
    periods_us[count++] = front->wishes[i].period_us;
  }
  return admission_fits(count, slices_us, periods_us, front->area->head.reserve_ppm);
}

static int take(struct front *front, int task, const struct vsched_wish *wish, int *error) {
  struct holding *holding = &front->holdings[task];
  const int found = holding_open(holding, wish->pid, wish->start_ticks, error);
  if (found != VSCHED_HELD) return found;
  if (!pass_descriptor(front->watch, task, holding->process)) {
    *error = errno;
    holding_close(holding);
    return VSCHED_DENIED;
  }
  const int taken = holding_take(holding, &front->area->held[task], (int)front->area->head.cpu, error);
  if (taken == VSCHED_HELD) front->area->core.held++;
  return taken;
}

/* Neither twice, nor one of those who schedule. */
static bool is_eligible(const struct front *front, int task, pid_t pid) {
  const struct vsched_head *head = &front->area->head;
  if (pid == head->core_pid || pid == head->watch_pid) return false;
  for (int i = 0; i < VSCHED_TASKS; i++)
    if (i != task && front->wishes[i].pid == pid) return false;
  return true;
}

static int grant(struct front *front, int task, const struct vsched_wish *wish, int *error) {
  if (!wish_is_valid(wish) || !is_eligible(front, task, wish->pid)) return VSCHED_INVALID;
  if (!fits(front, task, wish)) return VSCHED_OVERFULL;
  if (!is_held(front, task)) {
    const int taken = take(front, task, wish, error);
    if (taken != VSCHED_HELD) return taken;
  }
  const struct order order = {.kind = ORDER_SCHEDULE, .task = task, .holding = &front->holdings[task], .wish = *wish};
  mailbox_send(front->mailbox, &order);
  front->wishes[task] = *wish;
  return VSCHED_HELD;
}

/* Whether it asks for no more than it has: such wishes come first, because others may need what they give back. */
static bool gives_back(const struct front *front, int task, const struct vsched_wish *wish) {
  const struct vsched_wish *has = &front->wishes[task];
  return is_held(front, task) && wish->period_us > 0 &&
         (__int128)wish->slice_us * has->period_us <= (__int128)has->slice_us * wish->period_us;
}

bool apply_wishes(struct front *front) {
  struct vsched_wanted wanted;
  bool first[VSCHED_TASKS];
  if (!wanted_read(&front->area->wanted, &wanted)) return false;
  for (int i = 0; i < VSCHED_TASKS; i++)
    if (is_held(front, i) && !is_same(front, i, &wanted.wishes[i])) let_go(front, i);
  for (int i = 0; i < VSCHED_TASKS; i++) first[i] = gives_back(front, i, &wanted.wishes[i]);
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < VSCHED_TASKS; i++) {
      if (first[i] != (round == 0)) continue;
      int error = 0;
      const struct vsched_wish *wish = &wanted.wishes[i];
      const int granted = wish->pid == 0 ? VSCHED_NONE : grant(front, i, wish, &error);
      answer(front, i, wish->pid, granted, error);
    }
  __atomic_store_n(&front->area->core.applied, wanted.sequence, __ATOMIC_RELEASE);
  return true;
}
