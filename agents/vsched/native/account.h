/* SPDX-License-Identifier: Apache-2.0 */
/* What a schedule delivered. No system calls. */
#ifndef VIRTUOSO_VSCHED_ACCOUNT_H
#define VIRTUOSO_VSCHED_ACCOUNT_H

#include "area.h"
#include "edf.h"

/* Adds a period, or several that were slept through, to an account; gives its VSCHED_SHORT, VSCHED_MISSED and VSCHED_PARTIAL.
   Short: it used less than 99 % of what was due. Missed: short, and not offered that much either. A VM that sleeps has short periods. */
uint16_t account_period(struct vsched_account *account, const struct edf_ended *ended);

#endif
