// SPDX-License-Identifier: Apache-2.0
// virtuoso-pulse DEVICE PERIOD_MS LARGE_BYTES
// Sends a frame into the TAP DEVICE every period, every fourth of LARGE_BYTES. The core's program on the device sends a clone of it over
// every link: links are kept alive, and judged, without any other process.
#include <errno.h>
#include <linux/if_ether.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "program.h"
#include "tap.h"
#include "vnet.h"

enum { SMALL_BYTES = ETH_ZLEN, LARGEST_BYTES = 65535, LONGEST_PERIOD_MS = 60000, LARGE_EVERY = 4 };

static bool number_between(const char *text, long least, long most, long *value) {
  char *end;
  errno = 0;
  *value = strtol(text, &end, 10);
  return errno == 0 && end != text && *end == '\0' && *value >= least && *value <= most;
}

static int bad_arguments(const char *problem) {
  fprintf(stderr, "virtuoso-pulse: %s. Usage: virtuoso-pulse DEVICE PERIOD_MS LARGE_BYTES\n", problem);
  return EXIT_ARGUMENTS;
}

/* The device is down now and then while it is set up; anything else but a full queue will not get better. */
static bool is_passing(int error) { return error == EIO || error == EAGAIN || error == ENOBUFS || error == EINTR; }

static int pulse(int tap, long period_ms, size_t large_bytes) {
  static unsigned char frame[LARGEST_BYTES] = {
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0, PULSE_ETHERTYPE >> 8, PULSE_ETHERTYPE & 0xff,
  };
  struct timespec next, now;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (unsigned long count = 1;; count++) {
    size_t bytes = count % LARGE_EVERY == 0 ? large_bytes : (size_t)SMALL_BYTES;
    if (write(tap, frame, bytes) < 0 && !is_passing(errno)) {
      fprintf(stderr, "virtuoso-pulse: cannot write to the device: %s\n", strerror(errno));
      return EXIT_TROUBLE;
    }
    next.tv_nsec += period_ms % 1000 * 1000000;
    next.tv_sec += period_ms / 1000 + next.tv_nsec / 1000000000;
    next.tv_nsec %= 1000000000;
    clock_gettime(CLOCK_MONOTONIC, &now);
    // After a stall there is nothing to catch up with: one pulse says as much as many.
    if (now.tv_sec > next.tv_sec + 1) next = now;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR) continue;
  }
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "--version") == 0) {
    puts("virtuoso-pulse " PROGRAM_VERSION);
    return 0;
  }
  long period_ms, large_bytes;
  if (count != 4) return bad_arguments("three arguments are needed");
  if (!number_between(arguments[2], 1, LONGEST_PERIOD_MS, &period_ms)) return bad_arguments("PERIOD_MS is a number, 1 to 60000");
  if (!number_between(arguments[3], PULSE_LARGE_BYTES + 1, LARGEST_BYTES, &large_bytes))
    return bad_arguments("LARGE_BYTES is a number, 257 to 65535");
  char why[256];
  int tap = tap_open(arguments[1], false, why, sizeof why);
  if (tap >= 0) return pulse(tap, period_ms, (size_t)large_bytes);
  fprintf(stderr, "virtuoso-pulse: %s\n", why);
  return EXIT_TROUBLE;
}
