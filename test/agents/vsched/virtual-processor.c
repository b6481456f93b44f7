// SPDX-License-Identifier: Apache-2.0
// A processor in virtual time, which does what edf.c decides. Its clocks are exact.
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
  task->shorts += ended->used_ns < ended->due_ns - ended->due_ns / 100;
  task->used += ended->used_ns;
  if (task->periods == ended->count || ended->used_ns < task->least) task->least = ended->used_ns;
  if (ended->used_ns > task->most) task->most = ended->used_ns;
}

static int levels_are_wrong(const struct edf *edf, int count) {
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++) {
      const struct edf_task *a = &edf->tasks[i], *b = &edf->tasks[j];
      const int later = a->start_ns + a->period_ns > b->start_ns + b->period_ns;
      if (i != j && a->state == EDF_WAITING && b->state == EDF_WAITING && later && a->level >= b->level) return 1;
    }
  return 0;
}

struct virtual_machine {
  int64_t cost;     // of a decision: nothing else runs meanwhile
  int64_t latency;  // from when the core is due to when it runs, between this and twice as much
  struct edf_tuning tuning;
};

/* Gives how often the core decided; -1 if levels do not tell deadlines apart. */
int64_t virtual_play(struct virtual_task *tasks, int count, int64_t until, int strict, const struct virtual_machine *machine) {
  static struct edf edf;
  static int64_t clocks[EDF_TASKS];
  struct edf_ended ended[EDF_TASKS];
  int64_t now = 0, due, steps = 0;
  edf_init(&edf, &machine->tuning);
  for (int i = 0; i < count; i++) {
    clocks[i] = 0;
    edf_set(&edf, i, 0, 0, tasks[i].period, tasks[i].slice, tasks[i].phase);
    edf.tasks[i].strict = strict != 0;
  }
  while (now < until) {
    const int endings = edf_step(&edf, now, 0, clocks, ended, &due);
    steps++;
    for (int i = 0; i < endings; i++) note(tasks, &ended[i]);
    if (levels_are_wrong(&edf, count)) return -1;
    now += machine->cost;
    if (edf.let_ns > 0) due += machine->cost;
    // Some other number each time, and always the same ones.
    due = (due > now ? due : now) + machine->latency + machine->latency * (steps * 37 % 64) / 64;
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
