// SPDX-License-Identifier: Apache-2.0
// virtuoso-link-emulator: a link between two TAPs that are there already, with rate, queue, latency, loss, and the traffic of others.
//
//   virtuoso-link-emulator --a TAP --b TAP --there HOP... --back HOP... [--seed N] [--log FILE] [--log-ms N] [--spin-us N] [--priority N]
//
//   TAP  [PATH_OF_A_NETWORK_NAMESPACE:]DEVICE
//   HOP  rate-mbps=N[,queue-ms=N][,latency-ms=N][,jitter-ms=N][,loss=SHARE][,CROSS][,cross-bytes=N]; several are in series
//   CROSS  cross=constant,cross-mbps=N | cross=poisson,cross-mbps=N | cross=on-off,cross-mbps=MEAN,cross-peak-mbps=N,cross-on-ms=MEAN |
//          cross=step,cross-mbps=N,cross-then-mbps=N,cross-period-ms=N
//
// Rates and sizes are those of the IP layer: frames without their 14 bytes of Ethernet. A frame goes through all queues in thought when it
// arrives, as only cross traffic, which is known beforehand, can come between; it is kept until it is to come out.
// Prints `ready`, and at SIGTERM the statistics of truth.h. The log is described there too.
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "emulator-arguments.h"
#include "program.h"
#include "tap.h"
#include "truth.h"

static volatile sig_atomic_t is_over;

static void end(int signal) {
  (void)signal;
  is_over = 1;
}

static int complain(int exit_code, const char *what, const char *why) {
  fprintf(stderr, "virtuoso-link-emulator: %s%s%s\n", what, why == NULL ? "" : ": ", why == NULL ? "" : why);
  return exit_code;
}

static int open_end(const struct tap_place *place, char *why, size_t why_size) {
  if (place->namespace != NULL) {
    const int namespace = open(place->namespace, O_RDONLY | O_CLOEXEC);
    const bool entered = namespace >= 0 && setns(namespace, CLONE_NEWNET) == 0;
    if (!entered) snprintf(why, why_size, "cannot enter %s: %s", place->namespace, strerror(errno));
    if (namespace >= 0) close(namespace);
    if (!entered) return -1;
  }
  return tap_open(place->device, false, why, why_size);
}

/* Sleeps until a frame arrives or a time comes, of the last `spin_ns` awake. */
static void wait_for_frames(const struct way ways[2], double until_ns, double spin_ns) {
  struct pollfd taps[2] = {{.fd = ways[0].from, .events = POLLIN}, {.fd = ways[1].from, .events = POLLIN}};
  const double left_ns = until_ns - clock_ns() - spin_ns;
  if (left_ns <= 0) return;
  const struct timespec left = {.tv_sec = (time_t)(left_ns / 1e9), .tv_nsec = (long)fmod(left_ns, 1e9)};
  ppoll(taps, 2, &left, NULL);
}

static void run(struct way ways[2], FILE *log, const struct emulator_arguments *arguments) {
  double log_at_ns = 0;
  while (!is_over) {
    const double now_ns = clock_ns();
    if (now_ns >= log_at_ns) {
      if (log != NULL) truth_log(log, ways, now_ns);
      log_at_ns = now_ns + arguments->log_ns;
    }
    int moved = 0;
    for (int i = 0; i < 2; i++) moved += way_receive(&ways[i]);
    for (int i = 0; i < 2; i++) moved += way_release(&ways[i]);
    if (moved == 0) wait_for_frames(ways, fmin(log_at_ns, fmin(way_due_ns(&ways[0]), way_due_ns(&ways[1]))), arguments->spin_ns);
  }
}

static void catch_signals(void) {
  const struct sigaction on_end = {.sa_handler = end};
  sigaction(SIGTERM, &on_end, NULL);
  sigaction(SIGINT, &on_end, NULL);
}

static void become_prompt(int priority) {
  prctl(PR_SET_TIMERSLACK, 1);
  const struct sched_param param = {.sched_priority = priority};
  if (priority > 0 && sched_setscheduler(0, SCHED_FIFO, &param) != 0)
    complain(0, "no real-time priority, frames may come out late", strerror(errno));
}

int main(int count, char **words) {
  static struct way ways[2];
  struct emulator_arguments arguments;
  char why[WHY_SIZE];
  FILE *log = NULL;
  if (!emulator_arguments_parse(count, words, &arguments, why)) return complain(EXIT_ARGUMENTS, why, NULL);
  if (arguments.log != NULL && (log = fopen(arguments.log, "we")) == NULL) return complain(EXIT_TROUBLE, arguments.log, strerror(errno));
  int taps[2];
  for (int i = 0; i < 2; i++)
    if ((taps[i] = open_end(&arguments.ends[i], why, sizeof why)) < 0) return complain(EXIT_TROUBLE, why, NULL);
  for (unsigned i = 0; i < 2; i++) {
    ways[i].from = taps[i];
    ways[i].to = taps[1 - i];
    if (!way_open(&ways[i], &arguments.ways[i], arguments.seed, i)) return complain(EXIT_TROUBLE, "no memory for the queues", NULL);
  }
  catch_signals();
  become_prompt(arguments.priority);
  clock_begin();
  puts("ready");
  fflush(stdout);
  run(ways, log, &arguments);
  truth_statistics(stdout, ways);
  return log != NULL && fclose(log) != 0 ? complain(EXIT_TROUBLE, arguments.log, strerror(errno)) : 0;
}
