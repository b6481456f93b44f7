/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the link emulator. */
#ifndef VIRTUOSO_EMULATOR_ARGUMENTS_H
#define VIRTUOSO_EMULATOR_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "way.h"

enum { WHY_SIZE = 256 };

struct tap_place {
  const char *namespace; /* path; NULL is the one this process is in */
  const char *device;
};

struct emulator_arguments {
  struct tap_place ends[2];
  struct way_settings ways[2];
  uint64_t seed;
  const char *log;
  double log_ns;
  double spin_ns; /* waits shorter than this are busy */
  int priority;   /* real-time; 0 for none */
};

/* Fills `arguments` and returns true, or says what is wrong. The words stay in use; those with `=` and `:` are cut up. */
bool emulator_arguments_parse(int count, char **words, struct emulator_arguments *arguments, char why[WHY_SIZE]);

#endif
