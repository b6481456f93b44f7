/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog: should the core die, be stopped, or hang, its processes run on as ordinary ones within 200 ms. */
#ifndef VIRTUOSO_VSCHED_WATCH_H
#define VIRTUOSO_VSCHED_WATCH_H

#include <sys/types.h>

#include "area.h"

/* Exit code: the core ended because nobody watched it. */
#define EXIT_UNWATCHED 3

/* Between two looks of either at the other's heartbeat. */
#define WATCH_PERIOD_NS 20000000ll

/* Watches the core, a child of this process, until it has ended; then returns what is still held. `core_socket` brings the pidfds of what it takes over.
   Gives an exit code. */
int watch_run(struct vsched_area *area, pid_t core, int core_socket);

#endif
