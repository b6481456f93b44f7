// SPDX-License-Identifier: Apache-2.0
#include "pump-websocket.h"

#include <string.h>

#include "pump-bytes.h"

enum { FINAL = 0x80, RESERVED = 0x70, OPCODE = 0x0f, MASKED = 0x80, LENGTH_16 = 126, LENGTH_64 = 127, CONTINUATION = 0 };

struct frame {
  bool is_final;
  uint8_t opcode;
  uint64_t payload;
  size_t header;
  uint8_t mask[4];
};

size_t ws_header_length(uint64_t payload, bool masked) {
  return 2 + (payload < LENGTH_16 ? 0 : payload <= UINT16_MAX ? 2 : 8) + (masked ? 4 : 0);
}

size_t ws_header_write(uint8_t *out, uint8_t opcode, uint64_t payload, const uint8_t mask[4]) {
  const uint8_t masked = mask == NULL ? 0 : MASKED;
  uint8_t *end = out + 2;
  out[0] = FINAL | opcode;
  if (payload < LENGTH_16) {
    out[1] = (uint8_t)payload | masked;
  } else if (payload <= UINT16_MAX) {
    out[1] = LENGTH_16 | masked;
    put_be16(end, (uint16_t)payload);
    end += 2;
  } else {
    out[1] = LENGTH_64 | masked;
    put_be64(end, payload);
    end += 8;
  }
  if (mask == NULL) return (size_t)(end - out);
  memcpy(end, mask, 4);
  return (size_t)(end + 4 - out);
}

void ws_mask(uint8_t *to, const uint8_t *from, size_t length, const uint8_t mask[4]) {
  enum { BLOCK = 64 };
  uint64_t pattern, block[BLOCK / 8];
  memcpy(&pattern, mask, 4);
  memcpy((uint8_t *)&pattern + 4, mask, 4);
  // Through a block of its own: ranges may overlap, and yet this becomes vector instructions.
  for (; length >= BLOCK; length -= BLOCK, to += BLOCK, from += BLOCK) {
    memcpy(block, from, BLOCK);
    for (size_t i = 0; i < BLOCK / 8; i++) block[i] ^= pattern;
    memcpy(to, block, BLOCK);
  }
  for (size_t i = 0; i < length; i++) to[i] = from[i] ^ mask[i % 4];
}

static const char *frame_problem(const struct ws_decoder *decoder, const struct frame *frame, const uint8_t *bytes) {
  const bool is_control = frame->opcode >= WS_CLOSE;
  if (bytes[0] & RESERVED) return "a frame has reserved bits";
  if (((bytes[1] & MASKED) != 0) != decoder->masked) return decoder->masked ? "a frame is not masked" : "a frame is masked";
  if (is_control && (frame->opcode > WS_PONG || !frame->is_final || frame->payload > WS_CONTROL_MAX))
    return "a control frame is malformed";
  if (is_control) return NULL;
  if (frame->opcode != CONTINUATION && frame->opcode != WS_BINARY) return "a frame is not binary";
  if ((frame->opcode == CONTINUATION) != decoder->in_message) return "a message is not continued, or what is continued was not begun";
  return frame->payload > WS_PAYLOAD_MAX ? "a frame is too long" : NULL;
}

/* Reads the header of the frame at `bytes`: its length, 0 if it is not all there, -1 with a problem. */
static int frame_read(struct ws_decoder *decoder, const uint8_t *bytes, size_t available, struct frame *frame) {
  if (available < 2) return 0;
  const uint8_t length = bytes[1] & (MASKED - 1);
  const bool masked = (bytes[1] & MASKED) != 0;
  frame->header = 2 + (length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0) + (masked ? 4 : 0);
  if (available < frame->header) return 0;
  frame->is_final = (bytes[0] & FINAL) != 0;
  frame->opcode = bytes[0] & OPCODE;
  frame->payload = length == LENGTH_16 ? be16_at(bytes + 2) : length == LENGTH_64 ? be64_at(bytes + 2) : length;
  if (masked) memcpy(frame->mask, bytes + frame->header - 4, 4);
  decoder->problem = ws_header_length(frame->payload, masked) != frame->header ? "a length is not in its shortest form"
                                                                                : frame_problem(decoder, frame, bytes);
  return decoder->problem == NULL ? (int)frame->header : -1;
}

/* Takes up to `available` bytes of the current frame's payload to `to`; how many. */
static size_t take_payload(struct ws_decoder *decoder, uint8_t *to, const uint8_t *from, size_t available) {
  const size_t length = available < decoder->left ? available : (size_t)decoder->left;
  if (decoder->masked) {
    uint8_t turned[4];
    ws_mask(to, from, length, decoder->mask);
    for (size_t i = 0; i < 4; i++) turned[i] = decoder->mask[(length + i) % 4];
    memcpy(decoder->mask, turned, 4);
  } else {
    memmove(to, from, length);
  }
  decoder->left -= length;
  return length;
}

static void take_control(struct ws_decoder *decoder, const struct frame *frame, const uint8_t *payload) {
  if (frame->opcode != WS_PING) return;
  decoder->has_ping = true;
  decoder->ping_length = (size_t)frame->payload;
  if (decoder->masked)
    ws_mask(decoder->ping, payload, decoder->ping_length, frame->mask);
  else
    memcpy(decoder->ping, payload, decoder->ping_length);
}

enum ws_result ws_decode(struct ws_decoder *decoder, uint8_t *bytes, size_t length, size_t *payload, size_t *raw) {
  enum ws_result result = WS_GOES_ON;
  size_t at = 0, end = 0;
  while (at < length && result == WS_GOES_ON) {
    struct frame frame = {.header = 0};
    if (decoder->left > 0) {
      const size_t taken = take_payload(decoder, bytes + end, bytes + at, length - at);
      at += taken;
      end += taken;
      continue;
    }
    const int header = frame_read(decoder, bytes + at, length - at, &frame);
    if (header < 0) result = WS_BROKEN;
    if (header <= 0) break;
    if (frame.opcode < WS_CLOSE) {
      decoder->left = frame.payload;
      decoder->in_message = !frame.is_final;
      memcpy(decoder->mask, frame.mask, 4);
      at += frame.header;
      continue;
    }
    if (length - at - frame.header < frame.payload) break;
    take_control(decoder, &frame, bytes + at + frame.header);
    at += frame.header + (size_t)frame.payload;
    if (frame.opcode == WS_CLOSE) result = WS_CLOSED;
  }
  memmove(bytes + end, bytes + at, length - at);
  *payload = end;
  *raw = length - at;
  return result;
}
