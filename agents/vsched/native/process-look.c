// SPDX-License-Identifier: Apache-2.0
#include "process-look.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* After the name in /proc/PID/stat, which may itself have spaces and parentheses: field 3, the state. */
static const char *after_name(const char *stat) {
  const char *end = strrchr(stat, ')');
  return end != NULL && end[1] == ' ' ? end + 2 : NULL;
}

uint64_t start_ticks_of(pid_t pid) {
  char path[32], stat[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t length = read(file, stat, sizeof stat - 1);
  close(file);
  if (length <= 0) return 0;
  stat[length] = '\0';
  const char *field = after_name(stat);
  for (int number = 3; number < 22 && field != NULL; number++) {
    field = strchr(field, ' ');
    if (field != NULL) field++;
  }
  return field == NULL ? 0 : strtoull(field, NULL, 10);
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
