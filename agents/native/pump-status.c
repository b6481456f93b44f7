// SPDX-License-Identifier: Apache-2.0
#include "pump-status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const state_texts[] = {
    [STATE_CONNECTING] = "connecting",
    [STATE_CONNECTED] = "connected",
    [STATE_REFUSED] = "refused",
    [STATE_LISTENING] = "listening",
};

/* The text as it stands in JSON. What peers and proxies say may be in it. */
static void json_text(const char *text, char out[2 * WHY_SIZE]) {
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\') *out++ = '\\';
    *out++ = *text < ' ' || *text > '~' ? '?' : *text;
  }
  *out = '\0';
}

void status_write(const struct status *status) {
  char detail[2 * WHY_SIZE], line[3 * WHY_SIZE + 512];
  json_text(status->detail, detail);
  const int length = snprintf(
      line, sizeof line,
      "{\"pid\":%ld,\"state\":\"%s\",\"detail\":\"%s\",\"connections\":%" PRIu64 ",\"setUpMs\":%" PRIu64 ",\"malformed\":%" PRIu64
      ",\"unsendable\":%" PRIu64 ",\"unknown\":%" PRIu64 ",\"undelivered\":%" PRIu64 "}\n",
      (long)getpid(), state_texts[status->state], detail, status->connections, status->set_up_ms, status->malformed,
      status->unsendable, status->unknown, status->undelivered);
  if (!file_replace(status->path, line, (size_t)length))
    fprintf(stderr, "virtuoso-pump: cannot write %s: %s\n", status->path, strerror(errno));
}
