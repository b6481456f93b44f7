/* SPDX-License-Identifier: Apache-2.0 */
/* What a pump says of itself, for the agent: a file with one line of JSON. */
#ifndef VIRTUOSO_PUMP_STATUS_H
#define VIRTUOSO_PUMP_STATUS_H

#include <limits.h>
#include <stdint.h>

#include "pump-file.h"

enum state {
  STATE_CONNECTING, /* not connected; `detail` says why, if an attempt has failed */
  STATE_CONNECTED,
  STATE_REFUSED,    /* not connected, and time alone will not change it */
  STATE_LISTENING,  /* only in a listener's file of its own */
};

struct status {
  char path[PATH_MAX];
  enum state state;
  char detail[WHY_SIZE];
  uint64_t connections; /* that were made, ever; of a listener: that came */
  uint64_t set_up_ms;   /* of the last connection */
  uint64_t malformed;   /* records from the peer that are not what they should be */
  uint64_t unsendable;  /* frames from the TAP that are not what they should be */
  uint64_t unknown;     /* frames and records of networks that are not in the tags */
  uint64_t undelivered; /* frames that the TAP did not take */
};

/* Replaces the file. Trouble with it is told on stderr: there is no other place. */
void status_write(const struct status *status);

#endif
