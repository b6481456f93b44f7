/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_LAB_CLOCK_H
#define VIRTUOSO_LAB_CLOCK_H

#include <stdint.h>

/* To be called once, before any other. */
void clock_begin(void);

/* ns since clock_begin. */
double clock_ns(void);

/* A time of clock_ns in microseconds since the epoch. */
uint64_t clock_epoch_us(double at_ns);

#endif
