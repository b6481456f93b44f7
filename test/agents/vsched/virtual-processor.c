// SPDX-License-Identifier: Apache-2.0
// A processor in virtual time, which does what edf.c decides. Its clocks are exact, switching costs nothing.
#include <stdint.h>

#include "edf.h"

struct virtual_task {
  int64_t period, slice, phase;
  int64_t awake; // of each period it wants the processor only in the first so many units; all if it is 0
  // What came of it.
  int64_t periods, shorts, least, most, used;
};

static int is_awake(const struct virtual_task *task, int64_t now) {
  if (task->awake == 0) return 1;
  const int64_t at = (now - task->phase) % task->period;
  return (at < 0 ? at + task->period : at) < task->awake;
}

/* When the task next falls asleep or wakes. */
static int64_t change_of(const struct virtual_task *task, int64_t now) {
  if (task->awake == 0) return INT64_MAX;
  const int64_t rest = (now - task->phase) % task->period, at = rest < 0 ? rest + task->period : rest;
  return now + (at < task->awake ? task->awake - at : task->period - at);
}

/* As the kernel does: the highest level of those that are awake; -1 if there is none. */
static int on_processor(const struct edf *edf, const struct virtual_task *tasks, int count, int64_t now) {
  int best = -1;
  for (int i = 0; i < count; i++) {
    const struct edf_task *task = &edf->tasks[i];
    const int level = task->state == EDF_RUNNING ? EDF_LEVELS : task->state == EDF_WAITING ? task->level : 0;
    if (level == 0 || !is_awake(&tasks[i], now)) continue;
    if (best < 0 || level > (edf->tasks[best].state == EDF_RUNNING ? EDF_LEVELS : edf->tasks[best].level)) best = i;
  }
  return best;
}

static void note(struct virtual_task *tasks, const struct edf_ended *ended) {
  struct virtual_task *task = &tasks[ended->task];
  if (ended->partial) return;
  task->periods += ended->count;
  task->shorts += ended->used_ns < ended->due_ns;
  task->used += ended->used_ns;
  if (task->periods == ended->count || ended->used_ns < task->least) task->least = ended->used_ns;
  if (ended->used_ns > task->most) task->most = ended->used_ns;
}

/* Gives how often the core decided; -1 if levels do not tell deadlines apart. */
int64_t virtual_play(struct virtual_task *tasks, int count, int64_t until, int strict, int64_t least_wait) {
  static struct edf edf;
  static int64_t clocks[EDF_TASKS];
  struct edf_ended ended[EDF_TASKS];
  const struct edf_tuning tuning = {.least_wait_ns = least_wait};
  int64_t now = 0, due, steps = 0;
  edf_init(&edf, &tuning);
  for (int i = 0; i < count; i++) {
    clocks[i] = 0;
    edf_set(&edf, i, 0, 0, tasks[i].period, tasks[i].slice, tasks[i].phase);
    edf.tasks[i].strict = strict != 0;
  }
  while (now < until) {
    const int endings = edf_step(&edf, now, 0, clocks, ended, &due);
    steps++;
    for (int i = 0; i < endings; i++) note(tasks, &ended[i]);
    for (int i = 0; i < count; i++)
      for (int j = 0; j < count; j++)
        if (edf.tasks[i].state == EDF_WAITING && edf.tasks[j].state == EDF_WAITING && edf.tasks[i].level >= edf.tasks[j].level && i != j &&
            edf.tasks[i].start_ns + edf.tasks[i].period_ns > edf.tasks[j].start_ns + edf.tasks[j].period_ns)
          return -1;
    while (now < due && now < until) {
      int64_t next = due;
      for (int i = 0; i < count; i++) next = change_of(&tasks[i], now) < next ? change_of(&tasks[i], now) : next;
      const int runs = on_processor(&edf, tasks, count, now);
      if (runs >= 0) clocks[runs] += next - now;
      now = next;
    }
  }
  return steps;
}
