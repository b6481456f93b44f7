/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_PUMP_WAIT_H
#define VIRTUOSO_PUMP_WAIT_H

#include <stdbool.h>
#include <stdint.h>

enum { SETUP_MS = 5000, CONNECT_MS = 2000 }; /* longest time until a connection carries frames, and until TCP is connected */

/* A clock that is never set, in milliseconds. */
int64_t now_ms(void);

/* Waits until the descriptor is ready for `events` (of poll); false at `deadline_ms`, with errno ETIMEDOUT. */
bool wait_for(int descriptor, short events, int64_t deadline_ms);

#endif
