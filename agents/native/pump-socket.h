/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_PUMP_SOCKET_H
#define VIRTUOSO_PUMP_SOCKET_H

#include "pump-address.h"
#include "pump-file.h"

/* Sockets that do not block. -1: `why` says what failed. */
int socket_connect(const struct address *address, uint32_t bind_to, unsigned long idle_ms, int64_t deadline_ms, char why[WHY_SIZE]);
int socket_listen(const struct address *address, uint32_t bind_to, char why[WHY_SIZE]);

/* Takes a connection that waits; `source` is 0 on a UNIX socket. -1: there is none now. */
int socket_accept(int listening, bool is_unix, unsigned long idle_ms, uint32_t *source);

#endif
