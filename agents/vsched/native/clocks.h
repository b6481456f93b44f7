/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_VSCHED_CLOCKS_H
#define VIRTUOSO_VSCHED_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

int64_t monotonic_ns(void);

/* Processor time of this process, or of another; -1 if there is none. */
int64_t own_time_ns(void);
int64_t process_time_ns(pid_t pid);

/* CLOCK_REALTIME less CLOCK_MONOTONIC; false if the two could not be read close together. */
bool realtime_offset_ns(int64_t *offset_ns);

/* Time that the machine below took a processor away, since this one started; 0 if unknown. */
uint64_t steal_us(int stat, unsigned cpu);

#endif
