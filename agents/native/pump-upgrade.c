// SPDX-License-Identifier: Apache-2.0
#include "pump-upgrade.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "pump-http.h"

/* Receives a head and nothing more: whoever speaks before its turn is not what we expect. */
static bool receive_head(struct connection *connection, struct http_head *head, int64_t deadline_ms) {
  for (;;) {
    const char *const bytes = (const char *)connection->in + connection->in_start;
    const size_t available = connection->in_end - connection->in_start;
    const size_t length = http_head_length(bytes, available);
    if (length == 0 && available < HTTP_HEAD_MAX) {
      if (!connection_receive_now(connection, deadline_ms)) return false;
      continue;
    }
    connection->in_start += length;
    if (length == available && http_parse(bytes, length, head)) return true;
    why_set(connection->why, "what came is not HTTP/1.1 as it was expected");
    return false;
  }
}

static enum outcome unexpected(struct connection *connection, const char *who, const struct http_head *head) {
  const int status = http_status(head);
  why_set(connection->why, "%s answered %d %.*s", who, status, (int)(head->start[2].length % WHY_SIZE), head->start[2].at);
  // What a gateway cannot do now it may be able to do later.
  return status >= 500 ? OUTCOME_FAILED : OUTCOME_REFUSED;
}

enum outcome tunnel_ask(struct connection *connection, struct endpoint target, int64_t deadline_ms) {
  char host[ENDPOINT_TEXT], request[3 * ENDPOINT_TEXT];
  struct http_head head;
  endpoint_text(target, host);
  const int length = snprintf(request, sizeof request, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", host, host);
  if (!connection_send_now(connection, request, (size_t)length, deadline_ms)) return OUTCOME_FAILED;
  if (!receive_head(connection, &head, deadline_ms)) return OUTCOME_FAILED;
  return http_status(&head) / 100 == 2 ? OUTCOME_DONE : unexpected(connection, "the proxy", &head);
}

/* RFC 6455, section 4.2.2. */
static void accept_text(const char *key, char accept[WS_ACCEPT_LENGTH + 1]) {
  char text[WS_KEY_LENGTH + 40];
  unsigned char digest[SHA_DIGEST_LENGTH];
  const int length = snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  SHA1((unsigned char *)text, (size_t)length, digest);
  EVP_EncodeBlock((unsigned char *)accept, digest, sizeof digest);
}

enum outcome upgrade_ask(struct connection *connection, const char *path, const char *host, int64_t deadline_ms) {
  unsigned char nonce[16];
  char key[WS_KEY_LENGTH + 1], accept[WS_ACCEPT_LENGTH + 1], request[2048];
  struct http_head head;
  while (getrandom(nonce, sizeof nonce, 0) != sizeof nonce) continue;
  EVP_EncodeBlock((unsigned char *)key, nonce, sizeof nonce);
  accept_text(key, accept);
  const int length = snprintf(request, sizeof request,
                              "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
                              path, host, key);
  if (!connection_send_now(connection, request, (size_t)length, deadline_ms)) return OUTCOME_FAILED;
  if (!receive_head(connection, &head, deadline_ms)) return OUTCOME_FAILED;
  if (!upgrade_is_accepted(&head, accept)) return unexpected(connection, "the WebSocket's server", &head);
  connection->is_websocket = true;
  return OUTCOME_DONE;
}

static const char *reason(int status) {
  switch (status) {
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 426:
      return "Upgrade Required";
    default:
      return "Bad Request";
  }
}

enum outcome upgrade_answer(struct connection *connection, const char *path, int64_t deadline_ms) {
  char key[WS_KEY_LENGTH + 1], accept[WS_ACCEPT_LENGTH + 1], response[512];
  struct http_head head;
  if (!receive_head(connection, &head, deadline_ms)) return OUTCOME_FAILED;
  const int status = upgrade_status(&head, path, key);
  int length;
  if (status == 101) {
    accept_text(key, accept);
    length = snprintf(response, sizeof response,
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                      accept);
  } else {
    length = snprintf(response, sizeof response,
                      "HTTP/1.1 %d %s\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                      status, reason(status));
  }
  if (!connection_send_now(connection, response, (size_t)length, deadline_ms)) return OUTCOME_FAILED;
  if (status != 101) {
    why_set(connection->why, "a request that is no WebSocket's upgrade was answered with %d %s", status, reason(status));
    return OUTCOME_REFUSED;
  }
  connection->is_websocket = true;
  return OUTCOME_DONE;
}
