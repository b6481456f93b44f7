// SPDX-License-Identifier: Apache-2.0
#include "pump-wait.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool wait_for(int descriptor, short events, int64_t deadline_ms) {
  for (;;) {
    const int64_t left_ms = deadline_ms - now_ms();
    struct pollfd each = {.fd = descriptor, .events = events};
    const int ready = left_ms <= 0 ? 0 : poll(&each, 1, (int)left_ms);
    if (ready > 0) return true;
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) errno = ETIMEDOUT;
    return false;
  }
}
