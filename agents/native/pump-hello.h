/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pumps tell each other before the first record: be32 length of what follows, "VPMP", version, verdict, lengths of two names, names.
 * The connecting end speaks first; the listening end answers with its verdict, and closes unless it is a welcome.
 */
#ifndef VIRTUOSO_PUMP_HELLO_H
#define VIRTUOSO_PUMP_HELLO_H

#include "pump-address.h"

enum { HELLO_VERSION = 1, HELLO_FIXED = 12, HELLO_MAX = HELLO_FIXED + 2 * (NAME_SIZE - 1) };

enum verdict {
  VERDICT_WELCOME,
  VERDICT_OTHER_HOST,    /* it is not the host that the peer looks for */
  VERDICT_UNKNOWN_PEER,  /* it has no link to such a peer */
  VERDICT_WRONG_PIN,     /* the key is not the one that belongs to the name */
  VERDICT_WRONG_ADDRESS, /* the peer must come from another address */
  VERDICT_NOT_READY,     /* it cannot now, and says why in its own status */
  VERDICTS
};

struct hello {
  enum verdict verdict;
  char self[NAME_SIZE]; /* who speaks */
  char peer[NAME_SIZE]; /* to whom */
};

/* Writes a hello with valid names; the number of bytes. */
size_t hello_write(uint8_t out[HELLO_MAX], const struct hello *hello);

enum hello_state { HELLO_PARTIAL, HELLO_WHOLE, HELLO_BROKEN, HELLO_OTHER_VERSION };

/* HELLO_WHOLE: the hello took `length` bytes. Anything that cannot become one is told as soon as it is seen. */
enum hello_state hello_read(const uint8_t *bytes, size_t available, struct hello *hello, size_t *length);

#endif
