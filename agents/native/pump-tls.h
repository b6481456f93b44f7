/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.3 between ends that know each other by their keys alone. */
#ifndef VIRTUOSO_PUMP_TLS_H
#define VIRTUOSO_PUMP_TLS_H

#include "pump-address.h"
#include "pump-connection.h"

/* NULL: `why` says what is wrong with key or certificate. */
SSL_CTX *tls_context(bool is_server, const char *key, const char *certificate, char why[WHY_SIZE]);

/* Shakes hands on the connection's socket; `host`, unless NULL, is told to the server. Any certificate will do: look at its pin. */
bool tls_begin(struct connection *connection, SSL_CTX *context, const char *host, int64_t deadline_ms);

/* Pin of the key that the peer has proved to hold. */
bool tls_pin(const struct connection *connection, char pin[PIN_SIZE]);

/* `what`, and what OpenSSL or the system have to say about it. */
void tls_why(const char *what, char why[WHY_SIZE]);

#endif
