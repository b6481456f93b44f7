// SPDX-License-Identifier: Apache-2.0
#include "process-look.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STAT_SIZE = 1024, STATE = 3, START = 22 };

/* A field of /proc/PID/stat, counted as in proc(5), from 3 on; NULL if there is none. The name before may itself have spaces and parentheses. */
static const char *read_field(pid_t pid, int wanted, char stat[STAT_SIZE]) {
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return NULL;
  const ssize_t length = read(file, stat, STAT_SIZE - 1);
  close(file);
  if (length <= 0) return NULL;
  stat[length] = '\0';
  const char *field = strrchr(stat, ')');
  for (int number = STATE - 1; number < wanted && field != NULL; number++) {
    field = strchr(field, ' ');
    if (field != NULL) field++;
  }
  return field;
}

uint64_t start_ticks_of(pid_t pid) {
  char stat[STAT_SIZE];
  const char *field = read_field(pid, START, stat);
  return field == NULL ? 0 : strtoull(field, NULL, 10);
}

char state_of(pid_t pid) {
  char stat[STAT_SIZE];
  const char *field = read_field(pid, STATE, stat);
  return field == NULL ? '\0' : *field;
}

int threads_open(pid_t pid) {
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* As getdents64(2) gives it; opendir would take memory from the heap. */
struct entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

int threads_read(int threads, pid_t *tids, int most) {
  _Alignas(struct entry) char buffer[4096];
  int count = 0;
  long bytes;
  if (lseek(threads, 0, SEEK_SET) < 0) return 0;
  while ((bytes = syscall(SYS_getdents64, threads, buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < bytes;) {
      const struct entry *entry = (const struct entry *)(buffer + at);
      const pid_t tid = atoi(entry->name);
      if (tid > 0 && count < most) tids[count++] = tid;
      at += entry->length;
    }
  }
  return count;
}

/* The kernel counts threads as links, beside `.` and `..`. */
int threads_count(int threads) {
  struct stat found;
  if (fstat(threads, &found) != 0 || found.st_nlink < 3) return 0;
  return (int)found.st_nlink - 2;
}
