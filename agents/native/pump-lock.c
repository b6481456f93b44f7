// SPDX-License-Identifier: Apache-2.0
#include "pump-lock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "pump-wait.h"

enum { PATIENCE_MS = 1000 /* until somebody who should end is killed */ };

int lock_try(const char *path) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  const int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock >= 0 && fcntl(lock, F_SETLK, &whole) == 0) return lock;
  if (lock >= 0) close(lock);
  return -1;
}

/* The kernel knows who holds it. The listener itself, our parent, does so for moments only (pump-listen.c). */
static void end_holder(const char *path, int signal) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  const int lock = open(path, O_RDWR | O_CLOEXEC);
  if (lock < 0) return;
  if (fcntl(lock, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK && whole.l_pid > 1 && whole.l_pid != getppid())
    kill(whole.l_pid, signal);
  close(lock);
}

int lock_take(const char *path, int64_t deadline_ms) {
  const int64_t patient_until_ms = now_ms() + PATIENCE_MS;
  int lock;
  while ((lock = lock_try(path)) < 0 && now_ms() < deadline_ms) {
    end_holder(path, now_ms() < patient_until_ms ? SIGTERM : SIGKILL);
    const struct timespec moment = {.tv_nsec = 2000000};
    nanosleep(&moment, NULL);
  }
  return lock;
}

uint64_t lock_number(int lock) {
  char text[24] = "";
  return pread(lock, text, sizeof text - 1, 0) > 0 ? strtoull(text, NULL, 10) : 0;
}

bool lock_keep_number(int lock, uint64_t number) {
  char text[24];
  const int length = snprintf(text, sizeof text, "%" PRIu64 "\n", number);
  return pwrite(lock, text, (size_t)length, 0) == length;
}
