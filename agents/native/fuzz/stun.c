// SPDX-License-Identifier: Apache-2.0
// Datagrams that come where an answer is awaited.
#include "stun-message.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint8_t id[STUN_ID] = "virtuoso-id";
  uint8_t *const bytes = copy_of(data, size);
  uint8_t request[STUN_HEADER];
  struct stun_reading reading, again;
  const enum stun_answer answer = stun_read(bytes, size, id, &reading);
  if (answer == STUN_MAPPED) must(reading.mapped.ipv4 != 0 && reading.mapped.port != 0);
  if (answer != STUN_MAPPED) must(reading.mapped.ipv4 == 0 || answer == STUN_MALFORMED);
  if (answer == STUN_REFUSED) must(reading.error < 800);
  if (answer != STUN_FOREIGN) {
    must(size >= STUN_HEADER && memcmp(bytes + 8, id, STUN_ID) == 0);
    // It answers no other request.
    bytes[8] ^= 1;
    must(stun_read(bytes, size, id, &again) == STUN_FOREIGN);
  }
  stun_request(request, id);
  must(stun_read(request, sizeof request, id, &again) == STUN_FOREIGN);
  free(bytes);
  return 0;
}
