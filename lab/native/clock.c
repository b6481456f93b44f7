// SPDX-License-Identifier: Apache-2.0
#include "clock.h"

#include <time.h>

static struct timespec begin;

static double since_ns(clockid_t clock, const struct timespec *from) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)(now.tv_sec - from->tv_sec) * 1e9 + (double)(now.tv_nsec - from->tv_nsec);
}

void clock_begin(void) { clock_gettime(CLOCK_MONOTONIC, &begin); }

double clock_ns(void) { return since_ns(CLOCK_MONOTONIC, &begin); }

uint64_t clock_epoch_us(double at_ns) {
  struct timespec wall;
  clock_gettime(CLOCK_REALTIME, &wall);
  const double ago_ns = clock_ns() - at_ns;
  return (uint64_t)((double)wall.tv_sec * 1e6 + (double)wall.tv_nsec / 1e3 - ago_ns / 1e3);
}
