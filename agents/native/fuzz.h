/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzers (libFuzzer) check more than that nothing crashes: `must` ends them when a parser contradicts itself. */
#ifndef VIRTUOSO_FUZZ_H
#define VIRTUOSO_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(condition) \
  do { \
    if (!(condition)) abort(); \
  } while (0)

/* A copy of its own on the heap, so that a byte read beyond it is known. To be freed. */
static inline uint8_t *copy_of(const uint8_t *data, size_t size) {
  uint8_t *copy = malloc(size == 0 ? 1 : size);
  must(copy != NULL);
  if (size > 0) memcpy(copy, data, size);
  return copy;
}

/* The same as text with an end. */
static inline char *text_of(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  must(text != NULL);
  if (size > 0) memcpy(text, data, size);
  text[size] = '\0';
  return text;
}

#endif
