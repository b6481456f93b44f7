// SPDX-License-Identifier: Apache-2.0
// hog THREADS: uses all the processor time it can get, in so many threads, of which the first sleeps if there are several.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *spin(void *argument) {
  for (volatile unsigned long count = 0;; count++) continue;
  return argument;
}

int main(int count, char **words) {
  const int threads = count > 1 ? atoi(words[1]) : 1;
  pthread_t thread;
  for (int i = 1; i < threads; i++)
    if (pthread_create(&thread, NULL, spin, NULL) != 0) return 1;
  if (threads == 1) spin(NULL);
  for (;;) pause();
}
