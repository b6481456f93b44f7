// SPDX-License-Identifier: Apache-2.0
#include "edf-levels.h"

static int64_t deadline_of(const struct edf_task *task) { return task->start_ns + task->period_ns; }

/* By deadline; of equal ones the one that has the higher level, so that nothing changes. */
static bool comes_before(const struct edf_task *a, const struct edf_task *b) {
  return deadline_of(a) != deadline_of(b) ? deadline_of(a) < deadline_of(b) : a->level > b->level;
}

static int in_order(struct edf *edf, struct edf_task **order) {
  int count = 0;
  for (int i = 0; i < EDF_TASKS; i++) {
    struct edf_task *task = &edf->tasks[i];
    if (task->state != EDF_WAITING) {
      task->level = 0;
      continue;
    }
    int at = count++;
    for (; at > 0 && comes_before(task, order[at - 1]); at--) order[at] = order[at - 1];
    order[at] = task;
  }
  return count;
}

/* The highest level below `above` that one of the tasks has. */
static int next_level(struct edf_task *const *order, int count, int above) {
  int highest = 0;
  for (int i = 0; i < count; i++)
    if (order[i]->level < above && order[i]->level > highest) highest = order[i]->level;
  return highest;
}

/* False if there is no room left for those that come after. */
static bool fit_in(struct edf_task *const *order, int count) {
  int above = EDF_LEVELS;
  for (int i = 0; i < count; i++) {
    const int after = count - i - 1, below = next_level(order + i + 1, after, above);
    const bool fits = order[i]->level > below && order[i]->level < above;
    if (!fits) order[i]->level = above - (above - below > 1 ? (above - below) / 2 : 1);
    if (order[i]->level <= after) return false;
    above = order[i]->level;
  }
  return true;
}

void edf_give_levels(struct edf *edf) {
  struct edf_task *order[EDF_TASKS];
  const int count = in_order(edf, order);
  if (fit_in(order, count)) return;
  for (int i = 0; i < count; i++) order[i]->level = EDF_LEVELS - (i + 1) * EDF_LEVELS / (count + 1);
}
