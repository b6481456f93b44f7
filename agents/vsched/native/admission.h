/* SPDX-License-Identifier: Apache-2.0 */
/* Admission to one processor: earliest deadline first meets all deadlines exactly if the shares sum up to no more than there is
   (Liu and Layland 1973; the seed's equation 1). No system calls. */
#ifndef VIRTUOSO_VSCHED_ADMISSION_H
#define VIRTUOSO_VSCHED_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

enum { ADMISSION_MOST = 64, PPM = 1000000 };

/* Whether the sum of slice/period of at most ADMISSION_MOST tasks is at most 1 - reserve_ppm/1,000,000, without any rounding.
   Periods are positive, slices not negative, both below 2^42. */
bool admission_fits(int count, const int64_t *slices_us, const int64_t *periods_us, uint32_t reserve_ppm);

#endif
