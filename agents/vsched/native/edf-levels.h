/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_VSCHED_EDF_LEVELS_H
#define VIRTUOSO_VSCHED_EDF_LEVELS_H

#include "edf.h"

/* Gives tasks that wait levels in the order of their deadlines, so that the right one runs when others block without anybody deciding. As few levels as
   possible change, because each change is a system call a thread. */
void edf_give_levels(struct edf *edf);

#endif
