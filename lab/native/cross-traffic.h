/* SPDX-License-Identifier: Apache-2.0 */
/* The traffic of others: packets that take up a queue and go nowhere. Times are in ns since the emulator began. */
#ifndef VIRTUOSO_CROSS_TRAFFIC_H
#define VIRTUOSO_CROSS_TRAFFIC_H

#include "random.h"

enum cross_kind { CROSS_NONE, CROSS_CONSTANT, CROSS_POISSON, CROSS_ON_OFF, CROSS_STEP };

struct cross_settings {
  enum cross_kind kind;
  double mbps;      /* mean; of `step` the first rate */
  double then_mbps; /* of `step`: the second */
  double peak_mbps; /* of `on-off`: while it is on */
  double on_ms;     /* of `on-off`: mean time that it is on */
  double period_ms; /* of `step`: each rate lasts this long */
  unsigned bytes;   /* of a packet, at the IP layer */
};

struct cross_traffic {
  struct cross_settings settings;
  struct random random;
  double next_ns; /* arrival of the next packet */
  double off_ns;  /* of `on-off`: end of the time that it is on */
};

void cross_start(struct cross_traffic *cross, const struct cross_settings *settings, struct random random);

/* The packet of next_ns has arrived: sets the time of the one after it. */
void cross_next(struct cross_traffic *cross);

#endif
