/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of bytes to the peer's pump: a socket, within it TLS or not, within that a WebSocket or not. Never blocks. */
#ifndef VIRTUOSO_PUMP_CONNECTION_H
#define VIRTUOSO_PUMP_CONNECTION_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pump-file.h"
#include "pump-record.h"
#include "pump-websocket.h"

enum {
  BATCH_BYTES = 512 * 1024, /* of records are sent at once, with one more */
  IN_CAPACITY = 1 << 20,
  OUT_CAPACITY = WS_HEADER_MAX + BATCH_BYTES + RECORD_MAX + 1,
};

struct connection {
  int socket; /* -1 = closed */
  SSL *tls;
  bool is_server;
  bool is_websocket;
  bool has_more; /* within TLS: what can be received without the socket being readable */
  struct ws_decoder decoder;
  /* Received: bytes of the stream from in_start to in_end, then up to in_raw what the WebSocket has not decoded yet. */
  uint8_t *in;
  size_t in_start, in_end, in_raw;
  /* To be sent, as it goes to the socket (or TLS). */
  uint8_t *out;
  size_t out_start, out_end;
  char why[WHY_SIZE]; /* why it is of no more use */
};

/* Reserves the buffers. False if there is no memory. */
bool connection_init(struct connection *connection);

/* Takes a new socket, which must not block. */
void connection_begin(struct connection *connection, int socket, bool is_server);
void connection_close(struct connection *connection);

enum io { IO_DONE, IO_LATER, IO_FAILED };

/* Receives what is there, once. IO_DONE: something came (perhaps not yet a byte of payload). */
enum io connection_receive(struct connection *connection);

/* Sends what is in `out`. IO_DONE: nothing is left. */
enum io connection_flush(struct connection *connection);

/* Where payload may be put, up to BATCH_BYTES + RECORD_MAX, while `out` is empty; then how much it has become. */
uint8_t *connection_payload(struct connection *connection);
void connection_send(struct connection *connection, size_t length);

/* Puts a pong into the empty `out` if the peer has sent a ping. */
void connection_answer_ping(struct connection *connection);

/* For setting up: sends all of it, or receives until in_end has grown by at least a byte. False: why says what failed. */
bool connection_send_now(struct connection *connection, const void *bytes, size_t length, int64_t deadline_ms);
bool connection_receive_now(struct connection *connection, int64_t deadline_ms);

/* How an attempt to get somewhere ended. Refused: time alone will not change it. */
enum outcome { OUTCOME_DONE, OUTCOME_FAILED, OUTCOME_REFUSED };

#endif
