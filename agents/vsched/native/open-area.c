// SPDX-License-Identifier: Apache-2.0
#include "open-area.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "release.h"

static struct vsched_area *complain(char why[AREA_WHY], const char *path, const char *problem) {
  snprintf(why, AREA_WHY, "%s: %s", path, problem);
  return NULL;
}

/* A file that is not one of ours stays as it is. */
static bool is_new(off_t size, const struct vsched_area *area) { return size == 0 || (size == sizeof *area && area->head.magic == 0); }

static bool is_area(off_t size, const struct vsched_area *area) {
  return size == sizeof *area && area->head.magic == VSCHED_MAGIC && area->head.layout == VSCHED_LAYOUT && area->head.size == sizeof *area;
}

struct vsched_area *area_open(const char *path, int *releases, char why[AREA_WHY]) {
  // Kept open, and with it the lock, for as long as this process or its child lives.
  const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return complain(why, path, strerror(errno));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    return complain(why, path, errno == EWOULDBLOCK ? "another core has it; end that one first" : strerror(errno));
  }
  struct stat found;
  if (fstat(file, &found) != 0) return complain(why, path, strerror(errno));
  if (found.st_size == 0 && ftruncate(file, sizeof(struct vsched_area)) != 0) return complain(why, path, strerror(errno));
  struct vsched_area *area = mmap(NULL, sizeof *area, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (area == MAP_FAILED) return complain(why, path, strerror(errno));
  const bool is_ours = is_area(found.st_size, area);
  if (!is_ours && (!S_ISREG(found.st_mode) || !is_new(found.st_size, area)))
    return complain(why, path, "it is no area of this version; remove it, or name another file");
  *releases = is_ours ? release_all(area, NULL) : 0;
  return area;
}
