/* SPDX-License-Identifier: Apache-2.0 */
/* One connection a peer: who carries it holds the peer's lock, which ends with its process however that ends. */
#ifndef VIRTUOSO_PUMP_LOCK_H
#define VIRTUOSO_PUMP_LOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Takes the lock if nobody holds it; -1 if somebody does. Closing the descriptor gives it back. */
int lock_try(const char *path);

/* Ends whoever holds the lock, and takes it; -1 if that fails until the deadline. */
int lock_take(const char *path, int64_t deadline_ms);

/* The number kept in a held lock's file, 0 at first; then keeps another. */
uint64_t lock_number(int lock);
bool lock_keep_number(int lock, uint64_t number);

#endif
