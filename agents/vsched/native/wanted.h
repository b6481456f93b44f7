/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent wants, read while it may be writing. */
#ifndef VIRTUOSO_VSCHED_WANTED_H
#define VIRTUOSO_VSCHED_WANTED_H

#include <stdbool.h>

#include "area.h"

/* A copy made at one time; false if the agent does not come to an end of writing it. */
bool wanted_read(const struct vsched_wanted *wanted, struct vsched_wanted *copy);

/* Whether its numbers are within bounds. */
bool wish_is_valid(const struct vsched_wish *wish);

#endif
