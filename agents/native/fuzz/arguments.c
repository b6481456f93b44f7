// SPDX-License-Identifier: Apache-2.0
// A command line, a word a line.
#include "pump-arguments.h"

#include "fuzz.h"

enum { WORDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *const text = text_of(data, size), *words[WORDS_MAX], *rest = text, why[256] = "";
  int count = 0;
  struct arguments arguments;
  for (char *word; count < WORDS_MAX && (word = strsep(&rest, "\n")) != NULL;) words[count++] = word;
  if (arguments_parse(count, words, &arguments, why, sizeof why)) {
    must(name_is_valid(arguments.self) && arguments.tags != NULL);
    must(arguments.listens ? arguments.links != NULL : name_is_valid(arguments.peer) && device_is_valid(arguments.device));
    must((arguments.key == NULL) == (arguments.certificate == NULL));
    must(arguments.pin == NULL || (pin_is_valid(arguments.pin) && arguments.key != NULL));
    must(arguments.idle_ms >= IDLE_MS_LEAST && arguments.idle_ms <= IDLE_MS_MOST);
  } else {
    must(why[0] != '\0');
  }
  free(text);
  return 0;
}
