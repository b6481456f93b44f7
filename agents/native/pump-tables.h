/* SPDX-License-Identifier: Apache-2.0 */
/* The files by which the agent tells pumps about networks and links. Parsers are pure; malformed lines refuse the whole file. */
#ifndef VIRTUOSO_PUMP_TABLES_H
#define VIRTUOSO_PUMP_TABLES_H

#include "pump-address.h"
#include "pump-record.h"

/* Networks by this host's number for them. Lines `INDEX VNI`. */
struct tags {
  uint32_t vni_of[NETWORK_INDEX_MAX + 1]; /* 0 = no such network */
  uint32_t count;
  struct numbered {
    uint32_t vni;
    uint16_t index;
  } by_vni[NETWORK_INDEX_MAX]; /* ascending */
};

/* A peer that may connect. Lines `PEER TAP PIN|- IPV4|-`. */
struct link {
  char peer[NAME_SIZE];
  char device[DEVICE_SIZE];
  char pin[PIN_SIZE]; /* empty: has none */
  bool has_source;
  uint32_t source; /* the address it must come from */
};

/* What is wrong, in which line of the file (counted from 1). */
struct table_fault {
  size_t line;
  const char *problem;
};

bool tags_parse(const char *text, size_t length, struct tags *tags, struct table_fault *fault);

/* Index of the network with this VNI, keep-alives included; -1 if the host is not attached to it. */
int tags_index(const struct tags *tags, uint32_t vni);

enum links_answer { LINKS_FOUND, LINKS_UNKNOWN, LINKS_MALFORMED };

/* Looks for `peer` in the text of a links file. All lines are checked. */
enum links_answer links_find(const char *text, size_t length, const char *peer, struct link *link, struct table_fault *fault);

#endif
