// SPDX-License-Identifier: Apache-2.0
// Frames of a WebSocket, all at once and in pieces: both ways have to give the same. The first two bytes choose side and pieces.
#include "pump-websocket.h"

#include "fuzz.h"

struct outcome {
  enum ws_result result;
  size_t payload;
  uint8_t *bytes;
};

/* Feeds `size` bytes as they come, at most `piece` at a time. */
static struct outcome decode(const uint8_t *data, size_t size, size_t piece, bool masked) {
  struct ws_decoder decoder = {.masked = masked};
  struct outcome outcome = {.result = WS_GOES_ON, .bytes = malloc(size + 1)};
  size_t waiting = 0;
  must(outcome.bytes != NULL);
  for (size_t at = 0; at < size && outcome.result == WS_GOES_ON;) {
    const size_t length = size - at < piece ? size - at : piece;
    size_t payload, raw;
    memcpy(outcome.bytes + outcome.payload + waiting, data + at, length);
    at += length;
    outcome.result = ws_decode(&decoder, outcome.bytes + outcome.payload, waiting + length, &payload, &raw);
    must(payload + raw <= waiting + length);
    if (outcome.result == WS_GOES_ON) must(raw < WS_HEADER_MAX + WS_CONTROL_MAX);
    if (outcome.result == WS_BROKEN) must(decoder.problem != NULL);
    outcome.payload += payload;
    waiting = raw;
  }
  return outcome;
}

/* What we would send has to be read as what it was. */
static void round_trip(const uint8_t *data, size_t size, bool masked) {
  static const uint8_t mask[4] = {0x12, 0x34, 0x56, 0x78};
  uint8_t *const frame = malloc(WS_HEADER_MAX + size);
  must(frame != NULL);
  const size_t header = ws_header_write(frame, WS_BINARY, size, masked ? mask : NULL);
  must(header == ws_header_length(size, masked));
  if (masked)
    ws_mask(frame + header, data, size, mask);
  else
    memcpy(frame + header, data, size);
  const struct outcome outcome = decode(frame, header + size, SIZE_MAX, masked);
  must(outcome.result == WS_GOES_ON && outcome.payload == size && memcmp(outcome.bytes, data, size) == 0);
  free(outcome.bytes);
  free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  const bool masked = data[0] & 1;
  const struct outcome whole = decode(data + 2, size - 2, SIZE_MAX, masked);
  const struct outcome pieces = decode(data + 2, size - 2, 1 + data[1], masked);
  must(whole.result == pieces.result && whole.payload == pieces.payload);
  must(memcmp(whole.bytes, pieces.bytes, whole.payload) == 0);
  free(whole.bytes);
  free(pieces.bytes);
  round_trip(data, size, masked);
  return 0;
}
