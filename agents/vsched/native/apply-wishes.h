/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the agent's wishes what is scheduled, as far as they fit. */
#ifndef VIRTUOSO_VSCHED_APPLY_WISHES_H
#define VIRTUOSO_VSCHED_APPLY_WISHES_H

#include "core.h"

/* What cannot be fulfilled changes nothing: a process keeps the schedule it has. False if the agent is still writing. */
bool apply_wishes(struct core *core, int64_t now_ns);

/* A process that has ended. */
void drop_guest(struct core *core, int task);

#endif
