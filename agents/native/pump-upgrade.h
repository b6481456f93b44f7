/* SPDX-License-Identifier: Apache-2.0 */
/* What is said in HTTP before the pumps speak. All of them: unless OUTCOME_DONE, the connection's `why` says what happened. */
#ifndef VIRTUOSO_PUMP_UPGRADE_H
#define VIRTUOSO_PUMP_UPGRADE_H

#include "pump-address.h"
#include "pump-connection.h"

/* Asks the proxy at the other end of the connection for a tunnel. */
enum outcome tunnel_ask(struct connection *connection, struct endpoint target, int64_t deadline_ms);

/* Makes the connection a WebSocket, as its client or as its server. */
enum outcome upgrade_ask(struct connection *connection, const char *path, const char *host, int64_t deadline_ms);
enum outcome upgrade_answer(struct connection *connection, const char *path, int64_t deadline_ms);

#endif
