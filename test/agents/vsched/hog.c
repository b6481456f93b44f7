// SPDX-License-Identifier: Apache-2.0
// hog THREADS [DELAY_MS]: uses all the processor time it can get, in so many threads, of which the first sleeps if there are several. The others
// begin after the delay.
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
  if (count > 2) usleep((useconds_t)atoi(words[2]) * 1000);
  for (int i = 1; i < threads; i++)
    if (pthread_create(&thread, NULL, spin, NULL) != 0) return 1;
  if (threads == 1) spin(NULL);
  for (;;) pause();
}
