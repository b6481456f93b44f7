/* SPDX-License-Identifier: Apache-2.0 */
/* The core: a process of two threads, the scheduler of one processor and its front. */
#ifndef VIRTUOSO_VSCHED_CORE_H
#define VIRTUOSO_VSCHED_CORE_H

#include "area.h"

/* As the process that this is from now on. `bell` becomes readable when wishes have changed, and ends with the agent; `watch` is a socket that ends
   with the watchdog. Gives an exit code. */
int core_run(struct vsched_area *area, int bell, int watch);

#endif
