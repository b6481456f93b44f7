/* SPDX-License-Identifier: Apache-2.0 */
/* What the scheduler tells of what it schedules. */
#ifndef VIRTUOSO_VSCHED_PUBLISH_H
#define VIRTUOSO_VSCHED_PUBLISH_H

#include <sys/types.h>

#include "area.h"
#include "edf.h"

/* A process was taken over: its account begins. */
void publish_taken(struct vsched_area *area, int task, pid_t pid);

/* A period, or several that were slept through, ended. */
void publish_ended(struct vsched_area *area, pid_t pid, const struct edf_ended *ended);

#endif
