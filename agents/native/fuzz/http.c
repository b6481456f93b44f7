// SPDX-License-Identifier: Apache-2.0
// Heads of requests and responses.
#include "pump-http.h"

#include "fuzz.h"

static void is_within(struct span span, const char *text, size_t length) {
  must(span.at >= text && span.at + span.length <= text + length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *const text = (char *)copy_of(data, size);
  const size_t length = http_head_length(text, size);
  struct http_head head;
  must(length <= size && length <= HTTP_HEAD_MAX);
  if (length > 0 && http_parse(text, length, &head)) {
    char key[WS_KEY_LENGTH + 1];
    for (int i = 0; i < 3; i++) is_within(head.start[i], text, length);
    for (size_t i = 0; i < head.headers; i++) {
      is_within(head.names[i], text, length);
      is_within(head.values[i], text, length);
    }
    const int status = http_status(&head);
    must(status == 0 || (status >= 100 && status <= 599));
    if (upgrade_status(&head, "/vnet", key) == 101) must(strlen(key) == WS_KEY_LENGTH);
    upgrade_is_accepted(&head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }
  free(text);
  return 0;
}
