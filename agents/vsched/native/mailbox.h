/* SPDX-License-Identifier: Apache-2.0 */
/* How the front tells the scheduler what to do: one order at a time. The scheduler never waits for the front. */
#ifndef VIRTUOSO_VSCHED_MAILBOX_H
#define VIRTUOSO_VSCHED_MAILBOX_H

#include <stdbool.h>

#include "area.h"
#include "holding.h"

enum order_kind {
  ORDER_SCHEDULE, /* by `wish` from now on */
  ORDER_THREADS,  /* the process has other threads */
  ORDER_REMOVE,   /* schedule it no more; it runs as an ordinary process on this processor */
};

struct order {
  enum order_kind kind;
  int task;
  const struct holding *holding;
  struct vsched_wish wish;
};

struct mailbox {
  int knock, done; /* eventfds */
  const struct order *order;
};

bool mailbox_open(struct mailbox *mailbox);

/* Front: returns when it has been carried out. */
void mailbox_send(struct mailbox *mailbox, const struct order *order);

/* Scheduler, after `knock` became readable: the order, and that it has been carried out. */
const struct order *mailbox_take(struct mailbox *mailbox);
void mailbox_done(struct mailbox *mailbox);

#endif
