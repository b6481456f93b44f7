/* SPDX-License-Identifier: Apache-2.0 */
/* Carries frames between a TAP and a connection. */
#ifndef VIRTUOSO_PUMP_LOOP_H
#define VIRTUOSO_PUMP_LOOP_H

#include <signal.h>

#include "pump-connection.h"
#include "pump-status.h"
#include "pump-tables.h"

/* The agent has changed a file (SIGHUP). */
extern volatile sig_atomic_t files_changed;

struct tags_file {
  const char *path;
  struct tags tags;
  int64_t read_at_ms;
};

/* Reads the file anew; if that fails what was read before stays, and `why` says what is wrong. */
bool tags_load(struct tags_file *file, char why[WHY_SIZE]);

struct pump {
  struct connection *connection;
  int tap;
  struct tags_file *tags;
  struct status *status; /* counts, and tells trouble with the tags */
  int64_t idle_ms;
  /* Asked when files have changed: whether the link is still to be carried; else the connection's `why` says why not. */
  bool (*is_wanted)(void *context, char why[WHY_SIZE]);
  void *context;
};

/* Returns when the connection has ended; its `why` says why. */
void pump_run(struct pump *pump);

#endif
