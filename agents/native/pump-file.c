// SPDX-License-Identifier: Apache-2.0
#include "pump-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void why_set(char why[WHY_SIZE], const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(why, WHY_SIZE, format, values);
  va_end(values);
}

char *file_read(const char *path, size_t *length, char why[WHY_SIZE]) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  char *text = malloc(FILE_MAX + 1);
  ssize_t got = 0;
  *length = 0;
  errno = text == NULL ? ENOMEM : errno;
  if (file >= 0 && text != NULL)
    while (*length <= FILE_MAX && (got = read(file, text + *length, FILE_MAX + 1 - *length)) > 0) *length += (size_t)got;
  const bool is_read = file >= 0 && text != NULL && got >= 0 && *length <= FILE_MAX;
  if (!is_read) why_set(why, "cannot read %s: %s", path, *length > FILE_MAX ? "it is larger than 1 MiB" : strerror(errno));
  if (file >= 0) close(file);
  if (is_read) return text;
  free(text);
  return NULL;
}

bool file_replace(const char *path, const char *text, size_t length) {
  char draft[PATH_MAX];
  if (snprintf(draft, sizeof draft, "%s.%ld", path, (long)getpid()) >= (int)sizeof draft) {
    errno = ENAMETOOLONG;
    return false;
  }
  int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return false;
  const bool is_written = write(file, text, length) == (ssize_t)length;
  if (close(file) == 0 && is_written && rename(draft, path) == 0) return true;
  const int error = errno;
  unlink(draft);
  errno = error;
  return false;
}
