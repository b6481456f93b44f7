/* SPDX-License-Identifier: Apache-2.0 */
/* One connection that came in, in a process of its own. */
#ifndef VIRTUOSO_PUMP_ACCEPT_H
#define VIRTUOSO_PUMP_ACCEPT_H

#include "pump-arguments.h"
#include "pump-loop.h"

/* What parent and child tell each other, in memory they share. */
struct child {
  int pid; /* 0 = free */
  volatile bool is_known; /* `peer` has proved who it is */
  char peer[NAME_SIZE];
  char detail[WHY_SIZE]; /* why somebody who did not prove it was turned away */
};

struct listener {
  const struct arguments *arguments;
  SSL_CTX *tls; /* NULL = none */
  struct tags_file *tags;
};

/* Carries the connection until it ends. `source` is 0 if it came over a UNIX socket. */
void accept_run(const struct listener *listener, int socket, uint32_t source, struct child *child);

/* Path of a peer's file in the status folder. */
void peer_path(const struct listener *listener, const char *peer, const char *ending, char path[PATH_MAX]);

#endif
