// SPDX-License-Identifier: Apache-2.0
#include "stun-message.h"

#include <stdbool.h>
#include <string.h>

#include "pump-bytes.h"

#define MAGIC_COOKIE 0x2112a442u

enum { BINDING_REQUEST = 0x0001, BINDING_SUCCESS = 0x0101, BINDING_ERROR = 0x0111 };
enum { MAPPED_ADDRESS = 0x0001, ERROR_CODE = 0x0009, XOR_MAPPED_ADDRESS = 0x0020 };
enum { ATTRIBUTE_HEADER = 4, ADDRESS_LENGTH = 8, FAMILY_IPV4 = 1 };

void stun_request(uint8_t request[STUN_HEADER], const uint8_t id[STUN_ID]) {
  put_be16(request, BINDING_REQUEST);
  put_be16(request + 2, 0);
  put_be32(request + 4, MAGIC_COOKIE);
  memcpy(request + 8, id, STUN_ID);
}

/* The value of the first attribute of this type (RFC 8489, 14: a receiver ignores later ones), or NULL. The attributes are whole. */
static const uint8_t *attribute(const uint8_t *at, const uint8_t *end, uint16_t type, size_t *length) {
  while (at < end) {
    *length = be16_at(at + 2);
    if (be16_at(at) == type) return at + ATTRIBUTE_HEADER;
    at += ATTRIBUTE_HEADER + ((*length + 3) & ~(size_t)3);
  }
  return NULL;
}

/* Whether the attributes fill the message to its end, each with its padding. */
static bool are_whole(const uint8_t *at, const uint8_t *end) {
  while (at < end) {
    const size_t left = (size_t)(end - at);
    if (left < ATTRIBUTE_HEADER) return false;
    const size_t length = ((size_t)be16_at(at + 2) + 3) & ~(size_t)3;
    if (length > left - ATTRIBUTE_HEADER) return false;
    at += ATTRIBUTE_HEADER + length;
  }
  return true;
}

static bool read_address(const uint8_t *value, size_t length, uint32_t mask, struct endpoint *endpoint) {
  if (length != ADDRESS_LENGTH || value[1] != FAMILY_IPV4) return false;
  *endpoint = (struct endpoint){.ipv4 = be32_at(value + 4) ^ mask, .port = (uint16_t)(be16_at(value + 2) ^ mask >> 16)};
  return endpoint->ipv4 != 0 && endpoint->port != 0;
}

/* Attributes that mean nothing here are ignored even where RFC 8489 asks for refusal: servers of RFC 3489 send such. */
static enum stun_answer read_success(const uint8_t *at, const uint8_t *end, struct endpoint *mapped) {
  size_t length;
  // Some NATs rewrite addresses wherever they find them: the masked one is what the server meant.
  const uint8_t *value = attribute(at, end, XOR_MAPPED_ADDRESS, &length);
  if (value != NULL) return read_address(value, length, MAGIC_COOKIE, mapped) ? STUN_MAPPED : STUN_MALFORMED;
  value = attribute(at, end, MAPPED_ADDRESS, &length);
  return value != NULL && read_address(value, length, 0, mapped) ? STUN_MAPPED : STUN_MALFORMED;
}

static enum stun_answer read_error(const uint8_t *at, const uint8_t *end, unsigned *error) {
  size_t length;
  const uint8_t *value = attribute(at, end, ERROR_CODE, &length);
  if (value != NULL && length >= 4) *error = (value[2] & 7) * 100u + value[3] % 100;
  return STUN_REFUSED;
}

enum stun_answer stun_read(const uint8_t *bytes, size_t size, const uint8_t id[STUN_ID], struct stun_reading *reading) {
  *reading = (struct stun_reading){.error = 0};
  if (size < STUN_HEADER || be32_at(bytes + 4) != MAGIC_COOKIE || memcmp(bytes + 8, id, STUN_ID) != 0) return STUN_FOREIGN;
  const uint16_t type = be16_at(bytes);
  if (type != BINDING_SUCCESS && type != BINDING_ERROR) return STUN_FOREIGN;
  const uint8_t *at = bytes + STUN_HEADER, *end = bytes + size;
  if (be16_at(bytes + 2) != size - STUN_HEADER || !are_whole(at, end)) return STUN_MALFORMED;
  return type == BINDING_SUCCESS ? read_success(at, end, &reading->mapped) : read_error(at, end, &reading->error);
}
