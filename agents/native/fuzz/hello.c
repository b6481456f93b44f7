// SPDX-License-Identifier: Apache-2.0
#include "pump-hello.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t *const bytes = copy_of(data, size);
  uint8_t again[HELLO_MAX];
  struct hello hello;
  size_t length;
  if (hello_read(bytes, size, &hello, &length) == HELLO_WHOLE) {
    must(length <= size && name_is_valid(hello.self) && name_is_valid(hello.peer) && hello.verdict < VERDICTS);
    must(hello_write(again, &hello) == length && memcmp(again, bytes, length) == 0);
    // Of less than that, nothing can be said but that more is needed.
    for (size_t part = 0; part < length; part++) must(hello_read(bytes, part, &hello, &length) == HELLO_PARTIAL);
  }
  free(bytes);
  return 0;
}
