// SPDX-License-Identifier: Apache-2.0
#include "publish.h"

#include "account.h"
#include "sequence.h"

void publish_taken(struct vsched_area *area, int task, pid_t pid) {
  struct vsched_account *account = &area->accounts[task];
  sequence_begin(&account->sequence);
  *account = (struct vsched_account){.sequence = account->sequence, .pid = pid};
  sequence_end(&account->sequence);
}

void publish_ended(struct vsched_area *area, pid_t pid, const struct edf_ended *ended) {
  struct vsched_account *account = &area->accounts[ended->task];
  struct vsched_core *own = &area->core;
  sequence_begin(&account->sequence);
  const uint16_t flags = account_period(account, ended);
  sequence_end(&account->sequence);
  area->periods[own->periods_ended % VSCHED_PERIODS] = (struct vsched_period){
      .start_ns = (uint64_t)ended->start_ns,
      .due_ns = ended->due_ns,
      .used_ns = ended->used_ns,
      .offered_ns = ended->offered_ns,
      .steal_us = own->steal_us,
      .pid = pid,
      .task = (uint16_t)ended->task,
      .flags = flags,
  };
  __atomic_store_n(&own->periods_ended, own->periods_ended + 1, __ATOMIC_RELEASE);
}
