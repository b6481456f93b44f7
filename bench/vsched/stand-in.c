// SPDX-License-Identifier: Apache-2.0
// stand-in FILE: in place of a VM, uses all the processor time it can get, and notes in FILE when it had the processor and what the
// kernel's clock of its processor time said then. FILE is eight bytes that count runs, then the runs: struct run.
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 1 << 17, GAP_NS = 5000 /* shorter ones are interrupts of the machine */ };

/* CLOCK_MONOTONIC, and processor time. */
struct run {
  int64_t begun_ns, ended_ns, begun_used_ns, ended_used_ns;
};

struct notes {
  uint64_t count;
  struct run runs[RUNS];
};

static int64_t read_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct notes *open_notes(const char *path) {
  const int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ftruncate(file, sizeof(struct notes)) != 0) return MAP_FAILED;
  return mmap(NULL, sizeof(struct notes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
}

/* What does not fit any more is left out: the reader sees that the last runs are missing. */
static void keep(struct notes *notes, const struct run *run) {
  if (notes->count == RUNS) return;
  notes->runs[notes->count] = *run;
  __atomic_store_n(&notes->count, notes->count + 1, __ATOMIC_RELEASE);
}

int main(int count, char **words) {
  struct notes *notes = count == 2 ? open_notes(words[1]) : MAP_FAILED;
  if (notes == MAP_FAILED) {
    fprintf(stderr, "stand-in FILE: the file cannot be made\n");
    return 1;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpriority(PRIO_PROCESS, 0, 0); // its parent may have another
  struct run run = {0};
  for (;;) {
    const int64_t now_ns = read_ns(CLOCK_MONOTONIC), used_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
    if (now_ns - run.ended_ns > GAP_NS) {
      if (run.ended_ns > 0) keep(notes, &run);
      run.begun_ns = now_ns;
      run.begun_used_ns = used_ns;
    }
    run.ended_ns = now_ns;
    run.ended_used_ns = used_ns;
  }
}
