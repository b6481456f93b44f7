/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_VSCHED_FOLLOW_ORDER_H
#define VIRTUOSO_VSCHED_FOLLOW_ORDER_H

#include "scheduler.h"

/* Carries out what the front has ordered. */
void follow_order(struct scheduler *scheduler, int64_t now_ns);

/* Periods that follow CLOCK_REALTIME follow it slowly, so that none becomes much shorter. At the end of each. */
void keep_phase(struct scheduler *scheduler, int task);

#endif
