// SPDX-License-Identifier: Apache-2.0
// harm AREA SIGNAL TARGET PID...: sends a signal to the core of an area, or to its agent, which is the target then (0: the core), and looks
// until the core is gone and all processes run as ordinary ones, or another core has begun. Prints FROM_NS TO_NS ENDED_NS, by
// CLOCK_MONOTONIC, the last when the target itself had ended; and 1 if another core has begun, or 0. Nothing that VSched schedules can make
// it late.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "area.h"

enum { PRIORITY = 98, LOOK_NS = 500000, THREADS_FIELD = 17, POLICY_FIELD = 38, IMPATIENT = 3 };
static const int64_t patience_ns = 20000000000;

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static pid_t core_of(int area) {
  struct vsched_head head = {0};
  return pread(area, &head, sizeof head, 0) == sizeof head ? head.core_pid : 0;
}

/* The fields of /proc/PID/stat after the name; NULL if there is no such process. */
static const char *fields_of(pid_t pid) {
  static char text[1024];
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  const int file = open(path, O_RDONLY);
  if (file < 0) return NULL;
  const ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return NULL;
  text[length] = '\0';
  const char *name_end = strrchr(text, ')');
  return name_end == NULL ? NULL : name_end + 2;
}

static int number_of(const char *fields, int field) {
  for (; field > 0 && fields != NULL; field--) fields = strchr(fields + 1, ' ');
  return fields == NULL ? -1 : atoi(fields);
}

/* A process has ended when its last thread has, not the first. */
static int has_ended(pid_t pid) {
  const char *fields = fields_of(pid);
  return fields == NULL || ((*fields == 'Z' || *fields == 'X') && number_of(fields, THREADS_FIELD) <= 1);
}

static int is_ordinary(pid_t pid) {
  const char *fields = fields_of(pid);
  return fields != NULL && *fields != 'T' && number_of(fields, POLICY_FIELD) == SCHED_OTHER;
}

static int are_ordinary(char **words, int count) {
  for (int i = 0; i < count; i++)
    if (!is_ordinary(atoi(words[i]))) return 0;
  return 1;
}

int main(int count, char **words) {
  const struct sched_param high = {.sched_priority = PRIORITY};
  const struct timespec pause = {.tv_nsec = LOOK_NS};
  const int area = count > 4 ? open(words[1], O_RDONLY) : -1;
  const pid_t core = core_of(area), target = count > 4 ? atoi(words[3]) : 0;
  if (core <= 0 || sched_setscheduler(0, SCHED_FIFO, &high) != 0) {
    fprintf(stderr, "harm AREA SIGNAL TARGET PID...: there is no core, or no SCHED_FIFO\n");
    return 1;
  }
  const int64_t from_ns = now_ns();
  kill(target != 0 ? target : core, atoi(words[2]));
  int64_t ended_ns = 0;
  int is_other = 0;
  for (;;) {
    if (ended_ns == 0 && has_ended(target != 0 ? target : core)) ended_ns = now_ns();
    if (has_ended(core) && are_ordinary(words + 4, count - 4)) break;
    if ((is_other = core_of(area) != core)) break;
    if (now_ns() - from_ns > patience_ns) return IMPATIENT;
    nanosleep(&pause, NULL);
  }
  const int64_t to_ns = now_ns();
  printf("%lld %lld %lld %d\n", (long long)from_ns, (long long)to_ns, (long long)(ended_ns != 0 ? ended_ns : to_ns), is_other);
  return 0;
}
