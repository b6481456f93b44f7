// SPDX-License-Identifier: Apache-2.0
// virtuoso-vsched: schedules processes of one processor by period and slice.
//
//   virtuoso-vsched run --cpu N --reserve-ppm N --area FILE   until its standard input ends; says `ready`. A byte on it: wishes have changed
//   virtuoso-vsched release --area FILE                       returns what a core that was killed together with its watchdog left behind
//   virtuoso-vsched --version
//
// FILE: area.h. `run` is two processes, the core and its watchdog, of which the latter is the parent.
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core.h"
#include "open-area.h"
#include "program.h"
#include "watch.h"

enum { MOST_RESERVE_PPM = 999999 };

struct options {
  const char *area;
  long cpu, reserve_ppm;
};

static int complain(int exit_code, const char *why) {
  fprintf(stderr, "virtuoso-vsched: %s\n", why);
  return exit_code;
}

static bool number_between(const char *text, long least, long most, long *value) {
  char *end;
  errno = 0;
  *value = strtol(text, &end, 10);
  return errno == 0 && end != text && *end == '\0' && *value >= least && *value <= most;
}

static bool read_option(struct options *options, const char *name, const char *value) {
  if (strcmp(name, "--area") == 0) return (options->area = value)[0] != '\0';
  if (strcmp(name, "--cpu") == 0) return number_between(value, 0, CPU_SETSIZE - 1, &options->cpu);
  if (strcmp(name, "--reserve-ppm") == 0) return number_between(value, 0, MOST_RESERVE_PPM, &options->reserve_ppm);
  return false;
}

static bool read_options(struct options *options, int count, char **words) {
  *options = (struct options){.cpu = -1, .reserve_ppm = -1};
  for (int i = 0; i < count; i += 2)
    if (i + 1 >= count || !read_option(options, words[i], words[i + 1])) return false;
  return options->area != NULL;
}

/* Each keeps its own end, so that either sees the other's death. */
static int run(struct vsched_area *area) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return complain(EXIT_TROUBLE, strerror(errno));
  const pid_t watch = getpid(), core = fork();
  if (core < 0) return complain(EXIT_TROUBLE, strerror(errno));
  close(ends[core > 0 ? 1 : 0]);
  if (core > 0) return watch_run(area, core, ends[0]);
  area->head.core_pid = getpid();
  area->head.watch_pid = watch;
  return core_run(area, STDIN_FILENO, ends[1]);
}

static int run_with(const struct options *options, struct vsched_area *area) {
  memset(area, 0, sizeof *area);
  area->head = (struct vsched_head){
      .magic = VSCHED_MAGIC,
      .layout = VSCHED_LAYOUT,
      .size = sizeof *area,
      .cpu = (uint32_t)options->cpu,
      .reserve_ppm = (uint32_t)options->reserve_ppm,
  };
  return run(area);
}

int main(int count, char **words) {
  static const char usage[] = "usage: virtuoso-vsched run --cpu N --reserve-ppm N --area FILE, or virtuoso-vsched release --area FILE";
  struct options options;
  char why[AREA_WHY];
  int releases;
  if (count == 2 && strcmp(words[1], "--version") == 0) {
    puts("virtuoso-vsched " PROGRAM_VERSION);
    return 0;
  }
  const bool runs = count > 1 && strcmp(words[1], "run") == 0, releases_only = count > 1 && strcmp(words[1], "release") == 0;
  if ((!runs && !releases_only) || !read_options(&options, count - 2, words + 2)) return complain(EXIT_ARGUMENTS, usage);
  if (runs && (options.cpu < 0 || options.reserve_ppm < 0)) return complain(EXIT_ARGUMENTS, usage);
  struct vsched_area *area = area_open(options.area, &releases, why);
  if (area == NULL) return complain(EXIT_TROUBLE, why);
  if (releases > 0) fprintf(stderr, "virtuoso-vsched: processes that an earlier core left behind, returned to ordinary scheduling: %d\n", releases);
  return runs ? run_with(&options, area) : 0;
}
