/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a process that should move has failed. Core and watchdog judge each other by it. */
#ifndef VIRTUOSO_VSCHED_STANDSTILL_H
#define VIRTUOSO_VSCHED_STANDSTILL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Looks, not time: a machine that was halted has hanged nobody. */
enum { STANDSTILL_WAITS = 25 /* looks at a process that is kept from running, until it counts as failed all the same */ };

struct standstill {
  uint64_t heartbeat_ns;
  int64_t clock_ns; /* its processor clock at the last look */
  int looks;        /* without a heartbeat */
  int waits;        /* of which it was ready to run and nothing let it: its processor was taken away by the machine below, or throttled */
};

/* A look at a process' heartbeat. Gives whether it has had `patience` looks without one. */
bool has_failed(struct standstill *standstill, pid_t pid, uint64_t heartbeat_ns, int patience);

#endif
