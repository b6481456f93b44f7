// SPDX-License-Identifier: Apache-2.0
// load PERCENT: wants so much of a processor, in bits of 10 ms.
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

enum { BIT_NS = 10000000 };

static int64_t used_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(int count, char **words) {
  const int percent = count == 2 ? atoi(words[1]) : 100;
  const int64_t work_ns = BIT_NS / 100 * percent;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpriority(PRIO_PROCESS, 0, 0); // its parent may have another
  const struct timespec rest = {.tv_nsec = BIT_NS - work_ns};
  for (;;) {
    for (const int64_t begun_ns = used_ns(); used_ns() - begun_ns < work_ns;) continue;
    if (rest.tv_nsec > 0) nanosleep(&rest, NULL);
  }
}
