/* SPDX-License-Identifier: Apache-2.0 */
/* Returning processes to ordinary scheduling, from what the area says alone: for the watchdog, for the core at its end, and for whoever comes
   after both have died. */
#ifndef VIRTUOSO_VSCHED_RELEASE_H
#define VIRTUOSO_VSCHED_RELEASE_H

#include "area.h"

/* Every thread of the process, running, at SCHED_OTHER, where it ran before; nothing if it has ended. */
void release_process(const struct vsched_held *held);

/* All that are held; gives how many. */
int release_all(struct vsched_area *area);

#endif
