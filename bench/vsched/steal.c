// SPDX-License-Identifier: Apache-2.0
// steal: prints FROM_NS TO_NS CPU TICKS whenever the machine below has taken time from a processor between these two looks at /proc/stat,
// in its ticks of 10 ms. Times are of CLOCK_MONOTONIC. Looks come before what is scheduled, so that none is late because of it.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { CPUS = 1024, PRIORITY = 98, LOOK_NS = 20000000 };

static unsigned long long before[CPUS];

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void look(int stat, int64_t from_ns, int is_first) {
  static char text[256 * 1024]; // a line a processor
  const ssize_t length = pread(stat, text, sizeof text - 1, 0);
  const int64_t to_ns = now_ns();
  if (length <= 0) exit(1);
  text[length] = '\0';
  for (char *line = strstr(text, "\ncpu"); line != NULL; line = strstr(line + 1, "\ncpu")) {
    unsigned cpu;
    unsigned long long ticks;
    // user nice system idle iowait irq softirq steal
    if (sscanf(line, "\ncpu%u %*u %*u %*u %*u %*u %*u %*u %llu", &cpu, &ticks) != 2 || cpu >= CPUS) break;
    if (!is_first && ticks > before[cpu]) printf("%lld %lld %u %llu\n", (long long)from_ns, (long long)to_ns, cpu, ticks - before[cpu]);
    before[cpu] = ticks;
  }
  fflush(stdout);
}

int main(void) {
  const int stat = open("/proc/stat", O_RDONLY);
  const struct sched_param high = {.sched_priority = PRIORITY};
  const struct timespec pause = {.tv_nsec = LOOK_NS};
  if (stat < 0 || sched_setscheduler(0, SCHED_FIFO, &high) != 0) {
    perror("steal: cannot read /proc/stat, or have SCHED_FIFO");
    return 1;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int64_t from_ns = now_ns();
  look(stat, from_ns, 1);
  puts("ready");
  fflush(stdout);
  for (;;) {
    nanosleep(&pause, NULL);
    const int64_t to_ns = now_ns();
    look(stat, from_ns, 0);
    from_ns = to_ns;
  }
}
