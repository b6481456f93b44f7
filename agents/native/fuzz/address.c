// SPDX-License-Identifier: Apache-2.0
#include "pump-address.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *const text = text_of(data, size), again[ENDPOINT_TEXT];
  struct address address;
  struct endpoint endpoint;
  uint32_t ipv4;
  if (name_is_valid(text)) must(strlen(text) < NAME_SIZE && strchr(text, '/') == NULL && strchr(text, '.') == NULL);
  if (device_is_valid(text)) must(strlen(text) < DEVICE_SIZE && strchr(text, '/') == NULL);
  if (pin_is_valid(text)) must(strlen(text) == PIN_SIZE - 1);
  if (ipv4_parse(text, &ipv4)) {
    ipv4_text(ipv4, again);
    must(strcmp(text, again) == 0);
  }
  if (endpoint_parse(text, &endpoint)) must(endpoint.port > 0);
  if (address_parse(text, &address)) {
    address_text(&address, again);
    must(address.is_unix ? strcmp(again, text + 5) == 0 : endpoint_parse(again, &endpoint));
  }
  free(text);
  return 0;
}
