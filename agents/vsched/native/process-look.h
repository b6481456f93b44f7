/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says of other processes. */
#ifndef VIRTUOSO_VSCHED_PROCESS_LOOK_H
#define VIRTUOSO_VSCHED_PROCESS_LOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* When the process started, in clock ticks since the machine did; 0 if there is none. */
uint64_t start_ticks_of(pid_t pid);

/* The letter that ps shows: R if its first thread runs or is ready to, T if it is stopped; 0 if there is no such process. */
char state_of(pid_t pid);

/* Descriptor of the process' list of threads, which never becomes that of another process; -1 with errno. */
int threads_open(pid_t pid);

/* Its threads' numbers; gives how many, at most `most`, or 0 if the process is gone. */
int threads_read(int threads, pid_t *tids, int most);

/* How many threads it has; 0 if it is gone. Far cheaper than reading. */
int threads_count(int threads);

#endif
