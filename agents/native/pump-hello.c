// SPDX-License-Identifier: Apache-2.0
#include "pump-hello.h"

#include <string.h>

#include "pump-bytes.h"

static const uint8_t magic[4] = {'V', 'P', 'M', 'P'};

size_t hello_write(uint8_t out[HELLO_MAX], const struct hello *hello) {
  const size_t self = strlen(hello->self), peer = strlen(hello->peer);
  put_be32(out, (uint32_t)(HELLO_FIXED - 4 + self + peer));
  memcpy(out + 4, magic, sizeof magic);
  out[8] = HELLO_VERSION;
  out[9] = (uint8_t)hello->verdict;
  out[10] = (uint8_t)self;
  out[11] = (uint8_t)peer;
  memcpy(out + HELLO_FIXED, hello->self, self);
  memcpy(out + HELLO_FIXED + self, hello->peer, peer);
  return HELLO_FIXED + self + peer;
}

static bool name_read(const uint8_t *bytes, size_t length, char name[NAME_SIZE]) {
  if (length >= NAME_SIZE || memchr(bytes, '\0', length) != NULL) return false;
  memcpy(name, bytes, length);
  name[length] = '\0';
  return name_is_valid(name);
}

enum hello_state hello_read(const uint8_t *bytes, size_t available, struct hello *hello, size_t *length) {
  const size_t known = available < 8 ? available : 8;
  if (known > 4 && memcmp(bytes + 4, magic, known - 4) != 0) return HELLO_BROKEN;
  if (known >= 4 && be32_at(bytes) > HELLO_MAX - 4) return HELLO_BROKEN;
  if (available < HELLO_FIXED) return HELLO_PARTIAL;
  if (bytes[8] != HELLO_VERSION) return HELLO_OTHER_VERSION;
  const size_t self = bytes[10], peer = bytes[11];
  if (bytes[9] >= VERDICTS || be32_at(bytes) != HELLO_FIXED - 4 + self + peer) return HELLO_BROKEN;
  if (available < HELLO_FIXED + self + peer) return HELLO_PARTIAL;
  hello->verdict = bytes[9];
  if (!name_read(bytes + HELLO_FIXED, self, hello->self) || !name_read(bytes + HELLO_FIXED + self, peer, hello->peer))
    return HELLO_BROKEN;
  *length = HELLO_FIXED + self + peer;
  return HELLO_WHOLE;
}
