/* SPDX-License-Identifier: Apache-2.0 */
/* The front: makes the agent's wishes what is scheduled, as far as they fit. A thread of its own below the scheduler, because it may have to wait. */
#ifndef VIRTUOSO_VSCHED_FRONT_H
#define VIRTUOSO_VSCHED_FRONT_H

#include <stdbool.h>

#include "area.h"
#include "mailbox.h"

struct front {
  struct vsched_area *area;
  struct mailbox *mailbox;
  int bell;  /* becomes readable when wishes have changed */
  int watch; /* socket to the watchdog, who gets the pidfd of each process before it is touched */
  struct holding holdings[VSCHED_TASKS];
  struct vsched_wish wishes[VSCHED_TASKS]; /* in force; pid 0: none */
};

/* Starts it; it ends with the process. False, with errno, if the system refuses. */
bool front_start(struct front *front);

#endif
