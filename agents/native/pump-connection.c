// SPDX-License-Identifier: Apache-2.0
#include "pump-connection.h"

#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pump-tls.h"
#include "pump-wait.h"

/* What is received begins anew at the front of its buffer when less than this is free behind it. */
enum { IN_ROOM = IN_CAPACITY / 2 };

bool connection_init(struct connection *connection) {
  *connection = (struct connection){.socket = -1, .in = malloc(IN_CAPACITY), .out = malloc(OUT_CAPACITY)};
  return connection->in != NULL && connection->out != NULL;
}

void connection_begin(struct connection *connection, int socket, bool is_server) {
  uint8_t *const in = connection->in, *const out = connection->out;
  *connection = (struct connection){.socket = socket, .is_server = is_server, .in = in, .out = out};
  connection->decoder.masked = is_server;
}

void connection_close(struct connection *connection) {
  if (connection->tls != NULL) SSL_free(connection->tls);
  if (connection->socket >= 0) close(connection->socket);
  connection->tls = NULL;
  connection->socket = -1;
}

static enum io tls_io(struct connection *connection, int result) {
  switch (SSL_get_error(connection->tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return IO_LATER;
    case SSL_ERROR_ZERO_RETURN:
      why_set(connection->why, "the peer ended the connection");
      return IO_FAILED;
    default:
      tls_why("TLS failed", connection->why);
      return IO_FAILED;
  }
}

static enum io socket_io(struct connection *connection, ssize_t result, const char *what) {
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return IO_LATER;
  if (result < 0)
    why_set(connection->why, "%s: %s", what, strerror(errno));
  else
    why_set(connection->why, "the peer ended the connection");
  return IO_FAILED;
}

static enum io read_some(struct connection *connection, uint8_t *to, size_t room, size_t *length) {
  if (connection->tls == NULL) {
    const ssize_t result = read(connection->socket, to, room);
    if (result <= 0) return socket_io(connection, result, "cannot receive");
    *length = (size_t)result;
    return IO_DONE;
  }
  ERR_clear_error();
  errno = 0;
  // Records of TLS have at most 16 KiB: many are read before the next look at the other direction.
  for (*length = 0; *length < room;) {
    const int result = SSL_read(connection->tls, to + *length, (int)(room - *length));
    if (result <= 0) {
      const enum io end = tls_io(connection, result);
      connection->has_more = end == IO_FAILED;
      return *length > 0 ? IO_DONE : end;
    }
    *length += (size_t)result;
  }
  // Not SSL_has_pending: that is also true of a record of which only a part has come, for which to wait.
  connection->has_more = true;
  return IO_DONE;
}

static enum io write_some(struct connection *connection, const uint8_t *from, size_t available, size_t *length) {
  if (connection->tls == NULL) {
    const ssize_t result = write(connection->socket, from, available);
    if (result <= 0) return socket_io(connection, result, "cannot send");
    *length = (size_t)result;
    return IO_DONE;
  }
  ERR_clear_error();
  errno = 0;
  const int result = SSL_write(connection->tls, from, (int)available);
  if (result <= 0) return tls_io(connection, result);
  *length = (size_t)result;
  return IO_DONE;
}

static void make_room(struct connection *connection) {
  if (connection->in_start == connection->in_raw) {
    connection->in_start = connection->in_end = connection->in_raw = 0;
  } else if (connection->in_start > 0 && IN_CAPACITY - connection->in_raw < IN_ROOM) {
    memmove(connection->in, connection->in + connection->in_start, connection->in_raw - connection->in_start);
    connection->in_end -= connection->in_start;
    connection->in_raw -= connection->in_start;
    connection->in_start = 0;
  }
}

enum io connection_receive(struct connection *connection) {
  size_t length;
  make_room(connection);
  const enum io result = read_some(connection, connection->in + connection->in_raw, IN_CAPACITY - connection->in_raw, &length);
  if (result != IO_DONE) return result;
  connection->in_raw += length;
  if (!connection->is_websocket) {
    connection->in_end = connection->in_raw;
    return IO_DONE;
  }
  size_t payload, raw;
  switch (ws_decode(&connection->decoder, connection->in + connection->in_end, connection->in_raw - connection->in_end, &payload, &raw)) {
    case WS_CLOSED:
      why_set(connection->why, "the peer closed the WebSocket");
      return IO_FAILED;
    case WS_BROKEN:
      why_set(connection->why, "the WebSocket is malformed: %s", connection->decoder.problem);
      return IO_FAILED;
    default:
      connection->in_end += payload;
      connection->in_raw = connection->in_end + raw;
      return IO_DONE;
  }
}

enum io connection_flush(struct connection *connection) {
  while (connection->out_start < connection->out_end) {
    size_t length;
    const enum io result =
        write_some(connection, connection->out + connection->out_start, connection->out_end - connection->out_start, &length);
    if (result != IO_DONE) return result;
    connection->out_start += length;
  }
  connection->out_start = connection->out_end = 0;
  return IO_DONE;
}

uint8_t *connection_payload(struct connection *connection) {
  return connection->out + (connection->is_websocket ? WS_HEADER_MAX : 0);
}

static void seal(struct connection *connection, uint8_t opcode, size_t length) {
  uint8_t mask[4];
  const bool masks = !connection->is_server;
  uint8_t *const payload = connection->out + WS_HEADER_MAX;
  if (masks) {
    // From the kernel, which cannot fail at this size; section 5.3 wants masks that nobody can foresee.
    while (getrandom(mask, sizeof mask, 0) != sizeof mask) continue;
    ws_mask(payload, payload, length, mask);
  }
  connection->out_start = WS_HEADER_MAX - ws_header_length(length, masks);
  ws_header_write(connection->out + connection->out_start, opcode, length, masks ? mask : NULL);
  connection->out_end = WS_HEADER_MAX + length;
}

void connection_send(struct connection *connection, size_t length) {
  if (connection->is_websocket) {
    seal(connection, WS_BINARY, length);
  } else {
    connection->out_start = 0;
    connection->out_end = length;
  }
}

void connection_answer_ping(struct connection *connection) {
  if (!connection->decoder.has_ping) return;
  connection->decoder.has_ping = false;
  memcpy(connection_payload(connection), connection->decoder.ping, connection->decoder.ping_length);
  seal(connection, WS_PONG, connection->decoder.ping_length);
}

static bool fail_late(struct connection *connection, const char *what) {
  why_set(connection->why, "%s: %s", what, strerror(errno));
  return false;
}

bool connection_send_now(struct connection *connection, const void *bytes, size_t length, int64_t deadline_ms) {
  memcpy(connection_payload(connection), bytes, length);
  connection_send(connection, length);
  for (;;) {
    const enum io result = connection_flush(connection);
    if (result != IO_LATER) return result == IO_DONE;
    if (!wait_for(connection->socket, POLLOUT, deadline_ms)) return fail_late(connection, "cannot send");
  }
}

bool connection_receive_now(struct connection *connection, int64_t deadline_ms) {
  const size_t before = connection->in_end - connection->in_start;
  for (;;) {
    const enum io result = connection_receive(connection);
    if (result == IO_FAILED) return false;
    if (connection->in_end - connection->in_start > before) return true;
    if (result == IO_LATER && !wait_for(connection->socket, POLLIN, deadline_ms)) return fail_late(connection, "no answer");
  }
}
