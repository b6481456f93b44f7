/* SPDX-License-Identifier: Apache-2.0 */
/* Instants that come once a period, and how beginnings of periods follow them. No system calls. */
#ifndef VIRTUOSO_VSCHED_PHASE_H
#define VIRTUOSO_VSCHED_PHASE_H

#include <stdbool.h>
#include <stdint.h>

/* By how much `at_ns` is later than the nearest of the instants `phase_ns` + k * period: at most half a period, less than 0 if it is earlier. */
int64_t phase_off_ns(int64_t at_ns, int64_t phase_ns, int64_t period_ns);

/* By how much to begin later periods later, of which one began at `at_ns`: by what it is off, but no more than a 64th of a period. */
int64_t phase_step_ns(int64_t at_ns, int64_t phase_ns, int64_t period_ns);

/* Whether two phases are so close that one follows the other within eight periods, and the present one need not be cut. */
bool phase_is_near(int64_t a_ns, int64_t b_ns, int64_t period_ns);

#endif
