// SPDX-License-Identifier: Apache-2.0
#include "mailbox.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void add_one(int event) {
  const uint64_t one = 1;
  while (write(event, &one, sizeof one) < 0 && errno == EINTR) continue;
}

static void take_all(int event) {
  uint64_t count;
  while (read(event, &count, sizeof count) < 0 && errno == EINTR) continue;
}

bool mailbox_open(struct mailbox *mailbox) {
  *mailbox = (struct mailbox){.knock = eventfd(0, EFD_CLOEXEC), .done = eventfd(0, EFD_CLOEXEC)};
  return mailbox->knock >= 0 && mailbox->done >= 0;
}

void mailbox_send(struct mailbox *mailbox, const struct order *order) {
  __atomic_store_n(&mailbox->order, order, __ATOMIC_RELEASE);
  add_one(mailbox->knock);
  take_all(mailbox->done);
}

const struct order *mailbox_take(struct mailbox *mailbox) {
  take_all(mailbox->knock);
  return __atomic_load_n(&mailbox->order, __ATOMIC_ACQUIRE);
}

void mailbox_done(struct mailbox *mailbox) { add_one(mailbox->done); }
