/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket frames (RFC 6455, section 5), read as one stream of bytes: records do not care where messages end. */
#ifndef VIRTUOSO_PUMP_WEBSOCKET_H
#define VIRTUOSO_PUMP_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  WS_HEADER_MAX = 14,
  WS_CONTROL_MAX = 125,
  WS_PAYLOAD_MAX = 1 << 20, /* of one frame that we would read */
  WS_BINARY = 2,
  WS_CLOSE = 8,
  WS_PING = 9,
  WS_PONG = 10,
};

/* Reading half of a connection. */
struct ws_decoder {
  bool masked;        /* what frames of the peer have to be: a client's are, a server's are not */
  bool in_message;    /* a message has begun and not ended */
  uint64_t left;      /* bytes of the current frame's payload still to come */
  uint8_t mask[4];    /* of the current frame, turned so that it begins at the next byte */
  bool has_ping;      /* a ping waits for its pong */
  uint8_t ping[WS_CONTROL_MAX];
  size_t ping_length;
  const char *problem; /* after WS_BROKEN */
};

enum ws_result { WS_GOES_ON, WS_CLOSED, WS_BROKEN };

/*
 * Decodes `length` raw bytes in place. Afterwards `bytes` begins with `*payload` bytes of payload, followed by `*raw` (at most a header and a
 * control frame) that wait for more; nothing is left over of what was in between.
 */
enum ws_result ws_decode(struct ws_decoder *decoder, uint8_t *bytes, size_t length, size_t *payload, size_t *raw);

/* Length of the header of a frame with `payload` bytes. */
size_t ws_header_length(uint64_t payload, bool masked);

/* Writes the header of a whole message; `mask` is NULL for a server. Returns its length. */
size_t ws_header_write(uint8_t *out, uint8_t opcode, uint64_t payload, const uint8_t mask[4]);

/* XORs `length` bytes with the mask, from `from` to `to`; `to` may lie before `from` in the same memory. */
void ws_mask(uint8_t *to, const uint8_t *from, size_t length, const uint8_t mask[4]);

#endif
