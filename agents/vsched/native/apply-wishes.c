// SPDX-License-Identifier: Apache-2.0
#include "apply-wishes.h"

#include <string.h>

#include "admission.h"
#include "publish.h"
#include "wanted.h"

static bool is_held(const struct core *core, int task) { return core->wishes[task].pid != 0; }

void drop_guest(struct core *core, int task) {
  guest_return(&core->guests[task], &core->area->held[task]);
  edf_remove(&core->edf, task);
  core->wishes[task] = (struct vsched_wish){0};
}

/* Whether the wish is for the process that is held there. */
static bool is_same(const struct core *core, int task, const struct vsched_wish *wish) {
  const struct guest *guest = &core->guests[task];
  return is_held(core, task) && guest->pid == wish->pid && (wish->start_ticks == 0 || wish->start_ticks == guest->start_ticks);
}

/* With everything else that is held. */
static bool fits(const struct core *core, int task, const struct vsched_wish *wish) {
  int64_t slices_us[VSCHED_TASKS] = {wish->slice_us}, periods_us[VSCHED_TASKS] = {wish->period_us};
  int count = 1;
  for (int i = 0; i < VSCHED_TASKS; i++) {
    if (i == task || !is_held(core, i)) continue;
    slices_us[count] = core->wishes[i].slice_us;
    periods_us[count++] = core->wishes[i].period_us;
  }
  return admission_fits(count, slices_us, periods_us, core->area->head.reserve_ppm);
}

/* When its periods begin: as it says; otherwise as they did; otherwise now. */
static int64_t phase_of(const struct core *core, int task, const struct vsched_wish *wish, int64_t now_ns) {
  const uint32_t phased = VSCHED_PHASED | VSCHED_REALTIME;
  const struct vsched_wish *before = &core->wishes[task];
  const struct edf_task *scheduled = &core->edf.tasks[task];
  const bool is_aligned = scheduled->used && before->period_us == wish->period_us && before->phase_us == wish->phase_us &&
                          ((before->flags ^ wish->flags) & phased) == 0;
  if (is_aligned) return scheduled->start_ns;
  if ((wish->flags & VSCHED_PHASED) == 0) return scheduled->used ? scheduled->start_ns : now_ns;
  return wish->phase_us * 1000 - ((wish->flags & VSCHED_REALTIME) != 0 ? core->offset_ns : 0);
}

static void schedule(struct core *core, int task, const struct vsched_wish *wish, int64_t now_ns) {
  struct edf_task *scheduled = &core->edf.tasks[task];
  const struct vsched_wish *before = &core->wishes[task];
  if (!scheduled->used || before->period_us != wish->period_us || before->slice_us != wish->slice_us ||
      before->phase_us != wish->phase_us || before->flags != wish->flags)
    edf_set(&core->edf, task, now_ns, guest_clock_ns(&core->guests[task]), wish->period_us * 1000, wish->slice_us * 1000,
            phase_of(core, task, wish, now_ns));
  scheduled->strict = (wish->flags & VSCHED_STRICT) != 0;
  scheduled->paused = (wish->flags & VSCHED_PAUSED) != 0;
  core->wishes[task] = *wish;
}

static int grant(struct core *core, int task, const struct vsched_wish *wish, int64_t now_ns, int *error) {
  *error = 0;
  if (!wish_is_valid(wish)) return VSCHED_INVALID;
  if (!fits(core, task, wish)) return VSCHED_OVERFULL;
  if (!is_held(core, task)) {
    struct vsched_held *held = &core->area->held[task];
    const int answer = guest_take(&core->guests[task], held, wish->pid, wish->start_ticks, (int)core->area->head.cpu, error);
    if (answer != VSCHED_HELD) return answer;
    publish_taken(core, task);
  }
  schedule(core, task, wish, now_ns);
  return VSCHED_HELD;
}

/* Whether it asks for no more than it has: such wishes come first, because others may need what they give back. */
static bool gives_back(const struct core *core, int task, const struct vsched_wish *wish) {
  const struct vsched_wish *has = &core->wishes[task];
  return is_held(core, task) && wish->period_us > 0 &&
         (__int128)wish->slice_us * has->period_us <= (__int128)has->slice_us * wish->period_us;
}

bool apply_wishes(struct core *core, int64_t now_ns) {
  struct vsched_wanted wanted;
  bool first[VSCHED_TASKS];
  if (!wanted_read(&core->area->wanted, &wanted)) return false;
  for (int i = 0; i < VSCHED_TASKS; i++)
    if (is_held(core, i) && !is_same(core, i, &wanted.wishes[i])) drop_guest(core, i);
  for (int i = 0; i < VSCHED_TASKS; i++) first[i] = gives_back(core, i, &wanted.wishes[i]);
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < VSCHED_TASKS; i++) {
      int error = 0;
      if (first[i] != (round == 0)) continue;
      const struct vsched_wish *wish = &wanted.wishes[i];
      const int answer = wish->pid == 0 ? VSCHED_NONE : grant(core, i, wish, now_ns, &error);
      publish_answer(core, i, wish, answer, error);
    }
  publish_applied(core, wanted.sequence);
  return true;
}
