/* SPDX-License-Identifier: Apache-2.0 */
/* STUN (RFC 8489): binding requests and what answers them. Pure: bytes in, values out. */
#ifndef VIRTUOSO_STUN_MESSAGE_H
#define VIRTUOSO_STUN_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "pump-address.h"

enum { STUN_HEADER = 20, STUN_ID = 12 };

enum stun_answer {
  STUN_MAPPED,    /* the request was answered: `mapped` is how the server saw its sender */
  STUN_REFUSED,   /* the server answered with an error: `error` is its code, 0 if it names none */
  STUN_MALFORMED, /* an answer to the request that is not what it should be, or names no address */
  STUN_FOREIGN,   /* anything else */
};

struct stun_reading {
  struct endpoint mapped;
  unsigned error;
};

void stun_request(uint8_t request[STUN_HEADER], const uint8_t id[STUN_ID]);

/* Reads a datagram that may answer the request of this id. */
enum stun_answer stun_read(const uint8_t *bytes, size_t size, const uint8_t id[STUN_ID], struct stun_reading *reading);

#endif
