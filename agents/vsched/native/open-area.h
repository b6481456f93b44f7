/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_VSCHED_OPEN_AREA_H
#define VIRTUOSO_VSCHED_OPEN_AREA_H

#include "area.h"

enum { AREA_WHY = 256 };

/* The area in a file, which is made if there is none, for this process and its children alone; NULL, and why, if another core has it or the system refuses.
   Processes that an earlier core left behind are returned to ordinary scheduling first; gives how many. */
struct vsched_area *area_open(const char *path, int *releases, char why[AREA_WHY]);

#endif
