// SPDX-License-Identifier: Apache-2.0
// sampler CPU FILE PID PERIOD_NS [PID PERIOD_NS]...: at each multiple of a process' period notes in FILE how much processor time the process
// has had; of short periods only in a part of the time, because to look takes time from what is looked at. Runs on the processor of these processes before any of them, after the core: what it reads is of the period that has just ended,
// however late it comes. FILE is eight bytes that count samples, then the samples: struct sample.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES = 1 << 18, TASKS = 64, PRIORITY = 98, SHORT_NS = 5000000, WINDOW_NS = 370000000, SAMPLED_NS = WINDOW_NS / 4 };

/* CLOCK_MONOTONIC at the end of a period, and processor time until then. */
struct sample {
  int64_t pid, end_ns, used_ns;
};

struct samples {
  uint64_t count;
  struct sample samples[SAMPLES];
};

struct task {
  int64_t pid, period_ns, end_ns;
};

static int64_t read_ns(clockid_t clock) {
  struct timespec now;
  return clock_gettime(clock, &now) == 0 ? (int64_t)now.tv_sec * 1000000000 + now.tv_nsec : -1;
}

static struct samples *open_samples(const char *path) {
  const int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ftruncate(file, sizeof(struct samples)) != 0) return MAP_FAILED;
  return mmap(NULL, sizeof(struct samples), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
}

static int rise(int cpu) {
  const struct sched_param high = {.sched_priority = PRIORITY};
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0 && sched_setscheduler(0, SCHED_FIFO, &high) == 0;
}

static void sleep_until(int64_t ns) {
  const struct timespec then = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL);
}

/* The next multiple of the period at which to look. */
static int64_t next_end(int64_t end_ns, int64_t period_ns) {
  const int64_t next_ns = end_ns + period_ns, at_ns = next_ns % WINDOW_NS;
  if (period_ns >= SHORT_NS || at_ns < SAMPLED_NS) return next_ns;
  const int64_t window_ns = next_ns - at_ns + WINDOW_NS + period_ns - 1;
  return window_ns - window_ns % period_ns;
}

/* Where it comes so late that several periods have ended, none of the processes ran meanwhile: it would have run before them. */
static void note(struct samples *samples, struct task *task, int64_t now_ns) {
  const clockid_t clock = (clockid_t)(~(unsigned)task->pid << 3 | 2); // as clock_getcpuclockid(3) makes it
  const int64_t used_ns = read_ns(clock);
  for (; task->end_ns <= now_ns; task->end_ns = next_end(task->end_ns, task->period_ns)) {
    if (used_ns < 0 || samples->count == SAMPLES) continue;
    samples->samples[samples->count] = (struct sample){task->pid, task->end_ns, used_ns};
    __atomic_store_n(&samples->count, samples->count + 1, __ATOMIC_RELEASE);
  }
}

static struct task task_of(char **words, int64_t now_ns) {
  const int64_t period_ns = atoll(words[1]);
  return (struct task){.pid = atoll(words[0]), .period_ns = period_ns, .end_ns = next_end(now_ns - now_ns % period_ns, period_ns)};
}

int main(int count, char **words) {
  struct task tasks[TASKS];
  const int tasks_count = (count - 3) / 2;
  struct samples *samples = count >= 5 && tasks_count <= TASKS ? open_samples(words[2]) : MAP_FAILED;
  if (samples == MAP_FAILED || !rise(atoi(words[1]))) {
    fprintf(stderr, "sampler CPU FILE PID PERIOD_NS...: there is no file, or no SCHED_FIFO\n");
    return 1;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 0; i < tasks_count; i++) tasks[i] = task_of(words + 3 + 2 * i, read_ns(CLOCK_MONOTONIC));
  for (;;) {
    const int64_t now_ns = read_ns(CLOCK_MONOTONIC);
    int64_t next_ns = INT64_MAX;
    for (int i = 0; i < tasks_count; i++) {
      if (now_ns >= tasks[i].end_ns) note(samples, &tasks[i], now_ns);
      if (tasks[i].end_ns < next_ns) next_ns = tasks[i].end_ns;
    }
    sleep_until(next_ns);
  }
}
