// SPDX-License-Identifier: Apache-2.0
#include "publish.h"

#include "account.h"

static void begin(struct vsched_task *task) {
  __atomic_store_n(&task->sequence, task->sequence + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
}

static void end(struct vsched_task *task) { __atomic_store_n(&task->sequence, task->sequence + 1, __ATOMIC_RELEASE); }

void publish_taken(struct core *core, int index) {
  struct vsched_task *task = &core->area->tasks[index];
  const struct guest *guest = &core->guests[index];
  begin(task);
  const uint32_t sequence = task->sequence;
  *task = (struct vsched_task){.sequence = sequence, .pid = guest->pid, .start_ticks = guest->start_ticks};
  end(task);
}

void publish_answer(struct core *core, int index, const struct vsched_wish *wish, int answer, int error) {
  struct vsched_task *task = &core->area->tasks[index];
  const struct vsched_wish *force = &core->wishes[index];
  begin(task);
  task->answer = (uint32_t)answer;
  task->error = error;
  task->pid = wish->pid;
  task->period_us = force->period_us;
  task->slice_us = force->slice_us;
  task->flags = force->flags;
  task->threads = force->pid == 0 ? 0 : (uint32_t)core->guests[index].threads;
  end(task);
}

void publish_applied(struct core *core, uint32_t sequence) {
  uint32_t held = 0;
  for (int i = 0; i < VSCHED_TASKS; i++) held += core->wishes[i].pid != 0;
  core->area->core.held = held;
  __atomic_store_n(&core->area->core.applied, sequence, __ATOMIC_RELEASE);
}

void publish_ended(struct core *core, const struct edf_ended *ended) {
  struct vsched_task *task = &core->area->tasks[ended->task];
  struct vsched_core *own = &core->area->core;
  begin(task);
  const uint16_t flags = account_period(task, ended);
  task->threads = (uint32_t)core->guests[ended->task].threads;
  end(task);
  core->area->periods[own->periods_ended % VSCHED_PERIODS] = (struct vsched_period){
      .start_ns = (uint64_t)ended->start_ns,
      .slice_ns = ended->slice_ns * ended->count,
      .used_ns = ended->used_ns,
      .offered_ns = ended->offered_ns,
      .steal_us = own->steal_us,
      .pid = task->pid,
      .task = (uint16_t)ended->task,
      .flags = flags,
  };
  __atomic_store_n(&own->periods_ended, own->periods_ended + 1, __ATOMIC_RELEASE);
}
