// SPDX-License-Identifier: Apache-2.0
#include "pump-http.h"

#include <string.h>
#include <strings.h>

size_t http_head_length(const char *bytes, size_t available) {
  const char *end = memmem(bytes, available < HTTP_HEAD_MAX ? available : HTTP_HEAD_MAX, "\r\n\r\n", 4);
  return end == NULL ? 0 : (size_t)(end - bytes) + 4;
}

static bool span_is(struct span span, const char *text) {
  return span.length == strlen(text) && memcmp(span.at, text, span.length) == 0;
}

static bool span_is_any_case(struct span span, const char *text) {
  return span.length == strlen(text) && strncasecmp(span.at, text, span.length) == 0;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static struct span trimmed(struct span span) {
  for (; span.length > 0 && is_blank(span.at[0]); span.length--) span.at++;
  while (span.length > 0 && is_blank(span.at[span.length - 1])) span.length--;
  return span;
}

static bool is_token(struct span span) {
  for (size_t i = 0; i < span.length; i++)
    if (span.at[i] <= ' ' || span.at[i] > '~' || strchr("()<>@,;:\\\"/[]?={}", span.at[i]) != NULL) return false;
  return span.length > 0;
}

static bool is_text(struct span span) {
  for (size_t i = 0; i < span.length; i++)
    if ((unsigned char)span.at[i] < ' ' && span.at[i] != '\t') return false;
  return true;
}

/* First line: two words, and a third that may be empty or have spaces (a response's reason). */
static bool start_parse(struct span line, struct http_head *head) {
  for (int i = 0; i < 2; i++) {
    const char *space = memchr(line.at, ' ', line.length);
    if (space == NULL || space == line.at) return false;
    head->start[i] = (struct span){.at = line.at, .length = (size_t)(space - line.at)};
    line.length -= head->start[i].length + 1;
    line.at = space + 1;
  }
  head->start[2] = line;
  return true;
}

static bool header_parse(struct span line, struct http_head *head) {
  const char *colon = memchr(line.at, ':', line.length);
  if (colon == NULL || head->headers == HTTP_HEADERS_MAX) return false;
  const struct span name = {.at = line.at, .length = (size_t)(colon - line.at)};
  const struct span value = {.at = colon + 1, .length = line.length - name.length - 1};
  if (!is_token(name)) return false;
  head->names[head->headers] = name;
  head->values[head->headers++] = trimmed(value);
  return true;
}

bool http_parse(const char *bytes, size_t length, struct http_head *head) {
  head->headers = 0;
  if (length < 4 || length > HTTP_HEAD_MAX) return false;
  const char *const end = bytes + length - 2; // where the empty line begins
  for (const char *at = bytes; at < end;) {
    const char *cr = memchr(at, '\r', (size_t)(end - at));
    if (cr == NULL || cr[1] != '\n') return false;
    const struct span line = {.at = at, .length = (size_t)(cr - at)};
    if (!is_text(line) || !(at == bytes ? start_parse(line, head) : header_parse(line, head))) return false;
    at = cr + 2;
  }
  return true;
}

int http_status(const struct http_head *head) {
  const struct span status = head->start[1];
  if (!span_is(head->start[0], "HTTP/1.1") && !span_is(head->start[0], "HTTP/1.0")) return 0;
  if (status.length != 3 || status.at[0] < '1' || status.at[0] > '5') return 0;
  int sum = 0;
  for (size_t i = 0; i < 3; i++) {
    if (status.at[i] < '0' || status.at[i] > '9') return 0;
    sum = sum * 10 + status.at[i] - '0';
  }
  return sum;
}

bool http_has_token(const struct http_head *head, const char *name, const char *token) {
  for (size_t i = 0; i < head->headers; i++) {
    if (!span_is_any_case(head->names[i], name)) continue;
    struct span rest = head->values[i];
    for (;;) {
      const char *comma = memchr(rest.at, ',', rest.length);
      const struct span each = {.at = rest.at, .length = comma == NULL ? rest.length : (size_t)(comma - rest.at)};
      if (span_is_any_case(trimmed(each), token)) return true;
      if (comma == NULL) break;
      rest = (struct span){.at = comma + 1, .length = rest.length - each.length - 1};
    }
  }
  return false;
}

bool http_value(const struct http_head *head, const char *name, struct span *value) {
  int found = 0;
  for (size_t i = 0; i < head->headers; i++) {
    if (!span_is_any_case(head->names[i], name)) continue;
    *value = head->values[i];
    found++;
  }
  return found == 1;
}

/* Whether it is the base64 of 16 bytes. */
static bool is_key(struct span span) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (span.length != WS_KEY_LENGTH || memcmp(span.at + WS_KEY_LENGTH - 2, "==", 2) != 0) return false;
  for (size_t i = 0; i < WS_KEY_LENGTH - 2; i++)
    if (memchr(digits, span.at[i], sizeof digits - 1) == NULL) return false;
  return true;
}

int upgrade_status(const struct http_head *request, const char *path, char key[WS_KEY_LENGTH + 1]) {
  struct span value;
  if (!span_is(request->start[2], "HTTP/1.1") || !http_value(request, "Host", &value)) return 400;
  if (!span_is(request->start[1], path)) return 404;
  if (!span_is(request->start[0], "GET")) return 405;
  if (!http_has_token(request, "Upgrade", "websocket") || !http_has_token(request, "Connection", "upgrade")) return 426;
  if (!http_value(request, "Sec-WebSocket-Version", &value) || !span_is(value, "13")) return 426;
  if (!http_value(request, "Sec-WebSocket-Key", &value) || !is_key(value)) return 400;
  memcpy(key, value.at, WS_KEY_LENGTH);
  key[WS_KEY_LENGTH] = '\0';
  return 101;
}

bool upgrade_is_accepted(const struct http_head *response, const char *accept) {
  struct span value;
  return http_status(response) == 101 && http_has_token(response, "Upgrade", "websocket") &&
         http_has_token(response, "Connection", "upgrade") && http_value(response, "Sec-WebSocket-Accept", &value) &&
         span_is(value, accept);
}
