/* SPDX-License-Identifier: Apache-2.0 */
/* Returning processes to ordinary scheduling, from what the area says alone: for the watchdog, for the core at its end, and for whoever comes
   after both have died. */
#ifndef VIRTUOSO_VSCHED_RELEASE_H
#define VIRTUOSO_VSCHED_RELEASE_H

#include <stdbool.h>

#include "area.h"

/* Every thread of the process, running, at SCHED_OTHER, where it ran before; nothing if it has ended. With its pidfd this never waits; with -1 it
   is found by its number and start. It is not held any more then. Gives whether there was something to return. */
bool release_process(struct vsched_held *held, int process);

/* All that are held, with their pidfds or NULL; gives how many there were to return. */
int release_all(struct vsched_area *area, const int *processes);

#endif
