/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of virtuoso-pump, told in pump.c. */
#ifndef VIRTUOSO_PUMP_ARGUMENTS_H
#define VIRTUOSO_PUMP_ARGUMENTS_H

#include "pump-address.h"

enum { IDLE_MS_DEFAULT = 3000, IDLE_MS_LEAST = 10, IDLE_MS_MOST = 3600000 };

/* Texts point into the arguments; NULL and 0 = not given. */
struct arguments {
  bool listens;
  struct address address;
  const char *self, *peer, *device, *tags, *status, *links, *status_folder;
  uint32_t bind;
  const char *key, *certificate, *pin;
  const char *websocket, *host;
  struct endpoint proxy;
  unsigned long idle_ms;
};

/* `count` words after the name of the program. False: `why` says what is wrong. */
bool arguments_parse(int count, char *const words[], struct arguments *arguments, char *why, size_t why_size);

#endif
