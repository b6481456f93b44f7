/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_PUMP_LISTEN_H
#define VIRTUOSO_PUMP_LISTEN_H

#include "pump-accept.h"

/* Takes connections until SIGTERM or SIGINT, which end all of them; the program's exit code. */
int listen_run(const struct listener *listener);

#endif
