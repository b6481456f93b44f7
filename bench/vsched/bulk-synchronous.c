// SPDX-License-Identifier: Apache-2.0
// bulk-synchronous WORK: four processes that compute for so many thousand steps, hand what they have to the next one, and wait for all others;
// and so on. Prints their ids in one line; then, for every byte on its standard input, how often they have all met and when: MEETINGS NS,
// of CLOCK_MONOTONIC. Ends when that input ends.
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { RANKS = 4, WORDS = 512 };

struct shared {
  pthread_barrier_t barrier;
  uint64_t meetings;
  uint64_t handed[RANKS][WORDS];
};

static void compute(uint64_t *words, long steps) {
  for (long step = 0; step < steps * 1000; step++) {
    uint64_t *word = &words[step % WORDS];
    *word = *word * 6364136223846793005ull + 1442695040888963407ull;
  }
}

static void take_part(struct shared *shared, int rank, long work) {
  uint64_t own[WORDS] = {(uint64_t)rank};
  for (;;) {
    compute(own, work);
    memcpy(shared->handed[rank], own, sizeof own);
    const int is_one = pthread_barrier_wait(&shared->barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
    for (int i = 0; i < WORDS; i++) own[i] ^= shared->handed[(rank + 1) % RANKS][i];
    if (is_one) __atomic_fetch_add(&shared->meetings, 1, __ATOMIC_RELAXED);
    // None hands on anything new before all have read.
    pthread_barrier_wait(&shared->barrier);
  }
}

static void begin(struct shared *shared, int rank, long work) {
  const pid_t parent = getpid(), child = fork();
  if (child < 0) exit(1);
  if (child > 0) {
    printf("%d%c", (int)child, rank == RANKS - 1 ? '\n' : ' ');
    return;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) exit(1);
  take_part(shared, rank, work);
}

int main(int count, char **words) {
  pthread_barrierattr_t attributes;
  struct timespec now;
  char byte;
  struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (count != 2 || shared == MAP_FAILED) return 1;
  pthread_barrierattr_init(&attributes);
  pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&shared->barrier, &attributes, RANKS);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpriority(PRIO_PROCESS, 0, 0); // its parent may have another
  setvbuf(stdout, NULL, _IONBF, 0);
  for (int rank = 0; rank < RANKS; rank++) begin(shared, rank, atol(words[1]));
  while (read(STDIN_FILENO, &byte, 1) == 1) {
    const uint64_t meetings = __atomic_load_n(&shared->meetings, __ATOMIC_RELAXED);
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("%llu %lld\n", (unsigned long long)meetings, (long long)now.tv_sec * 1000000000 + now.tv_nsec);
  }
  return 0;
}
