/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP/1.1 requests and responses, as far as a WebSocket's upgrade and a CONNECT proxy need them. */
#ifndef VIRTUOSO_PUMP_HTTP_H
#define VIRTUOSO_PUMP_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum { HTTP_HEAD_MAX = 8192, HTTP_HEADERS_MAX = 64, WS_KEY_LENGTH = 24, WS_ACCEPT_LENGTH = 28 };

/* Text within a head. */
struct span {
  const char *at;
  size_t length;
};

struct http_head {
  struct span start[3]; /* method, target, version; or version, status, reason */
  size_t headers;
  struct span names[HTTP_HEADERS_MAX], values[HTTP_HEADERS_MAX];
};

/* Length of the head that `bytes` begin with, its empty line included; 0 if it has not ended yet. */
size_t http_head_length(const char *bytes, size_t available);

/* Parses a head of that length, as strictly as nobody but an attacker minds. */
bool http_parse(const char *bytes, size_t length, struct http_head *head);

/* Status of a response, 100 to 599; 0 if it is none of HTTP/1.x. */
int http_status(const struct http_head *head);

/* Whether one of the comma-separated tokens of the header is `token`, in any case. */
bool http_has_token(const struct http_head *head, const char *name, const char *token);

/* Value of a header that is there exactly once. */
bool http_value(const struct http_head *head, const char *name, struct span *value);

/* Status to answer an upgrade to `path` with: 101, `key` being its Sec-WebSocket-Key, or an error's. */
int upgrade_status(const struct http_head *request, const char *path, char key[WS_KEY_LENGTH + 1]);

/* Whether a response accepts the upgrade for which `accept` has to be its Sec-WebSocket-Accept. */
bool upgrade_is_accepted(const struct http_head *response, const char *accept);

#endif
