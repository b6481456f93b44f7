/* SPDX-License-Identifier: Apache-2.0 */
/* What the core tells of itself and of what it schedules. */
#ifndef VIRTUOSO_VSCHED_PUBLISH_H
#define VIRTUOSO_VSCHED_PUBLISH_H

#include "core.h"

/* A process was taken over: its account begins. */
void publish_taken(struct core *core, int task);

/* What became of a wish. */
void publish_answer(struct core *core, int task, const struct vsched_wish *wish, int answer, int error);

/* All wishes as they were at this sequence are answered. */
void publish_applied(struct core *core, uint32_t sequence);

/* A period, or several that were slept through, ended. */
void publish_ended(struct core *core, const struct edf_ended *ended);

#endif
