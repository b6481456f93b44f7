// SPDX-License-Identifier: Apache-2.0
#include "clocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TICK_US = 10000 /* USER_HZ: what /proc/stat counts in */, TRIES = 4, CLOSE_NS = 5000 };

static int64_t read_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t monotonic_ns(void) { return read_ns(CLOCK_MONOTONIC); }

int64_t own_time_ns(void) { return read_ns(CLOCK_PROCESS_CPUTIME_ID); }

int64_t process_time_ns(pid_t pid) {
  const clockid_t clock = (clockid_t)(~(unsigned)pid << 3 | 2); // as clock_getcpuclockid(3) makes it
  struct timespec used;
  if (clock_gettime(clock, &used) != 0) return -1;
  return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

bool realtime_offset_ns(int64_t *offset_ns) {
  for (int i = 0; i < TRIES; i++) {
    const int64_t before_ns = monotonic_ns(), realtime_ns = read_ns(CLOCK_REALTIME), after_ns = monotonic_ns();
    if (after_ns - before_ns > CLOSE_NS) continue;
    *offset_ns = realtime_ns - (before_ns + after_ns) / 2;
    return true;
  }
  return false;
}

uint64_t steal_us(int stat, unsigned cpu) {
  static char text[128 * 1024]; // a line a processor
  char label[16];
  const ssize_t length = pread(stat, text, sizeof text - 1, 0);
  if (length <= 0) return 0;
  text[length] = '\0';
  snprintf(label, sizeof label, "\ncpu%u ", cpu);
  const char *line = strstr(text, label);
  unsigned long long ticks = 0;
  // user nice system idle iowait irq softirq steal
  if (line == NULL || sscanf(line + strlen(label), "%*u %*u %*u %*u %*u %*u %*u %llu", &ticks) != 1) return 0;
  return ticks * TICK_US;
}
