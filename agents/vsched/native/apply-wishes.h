/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_VSCHED_APPLY_WISHES_H
#define VIRTUOSO_VSCHED_APPLY_WISHES_H

#include <stdbool.h>

#include "front.h"

/* Makes the agent's wishes what is scheduled. What cannot be fulfilled changes nothing: a process keeps the schedule it has. False if the agent
   is still writing. */
bool apply_wishes(struct front *front);

/* A process has ended. */
void forget_ended(struct front *front, int task);

#endif
