/* SPDX-License-Identifier: Apache-2.0 */
/* What an emulated link really did: a log while it runs, statistics at its end. */
#ifndef VIRTUOSO_TRUTH_H
#define VIRTUOSO_TRUTH_H

#include <stdio.h>

#include "way.h"

/*
 * A line for each hop, of the counters since the beginning, once cross traffic up to now_ns has been let in (or up to later, if packets on
 * their way from the hop before are in already):
 *   AT_US WAY HOP CROSS_OFFERED_BYTES CROSS_CARRIED_BYTES CROSS_DROPPED CARRIED_BYTES CARRIED DROPPED LOST WAIT_US
 * AT_US is since the epoch, WAY 0 or 1.
 */
void truth_log(FILE *file, struct way ways[2], double now_ns);

/* A line of JSON for each way. */
void truth_statistics(FILE *file, const struct way ways[2]);

#endif
