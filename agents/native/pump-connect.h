/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_PUMP_CONNECT_H
#define VIRTUOSO_PUMP_CONNECT_H

#include "pump-arguments.h"
#include "pump-loop.h"

/* Connects, carries, and connects again, for ever. */
_Noreturn void connect_run(const struct arguments *arguments, SSL_CTX *tls, struct tags_file *tags);

#endif
