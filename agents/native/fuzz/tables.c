// SPDX-License-Identifier: Apache-2.0
// The files tags and links.
#include "pump-tables.h"

#include "fuzz.h"

static void check_tags(const char *text, size_t size) {
  static struct tags tags;
  struct table_fault fault = {.line = 0};
  if (!tags_parse(text, size, &tags, &fault)) {
    must(fault.line > 0 && fault.problem != NULL);
    return;
  }
  uint32_t count = 0;
  for (int index = 1; index <= NETWORK_INDEX_MAX; index++) {
    if (tags.vni_of[index] == 0) continue;
    must(tags.vni_of[index] <= VNI_MAX && tags_index(&tags, tags.vni_of[index]) == index);
    count++;
  }
  must(count == tags.count && tags_index(&tags, 0) == 0 && tags.vni_of[0] == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *const text = (char *)copy_of(data, size);
  struct link link;
  struct table_fault fault = {.line = 0};
  check_tags(text, size);
  switch (links_find(text, size, "host-a", &link, &fault)) {
    case LINKS_FOUND:
      must(strcmp(link.peer, "host-a") == 0 && device_is_valid(link.device));
      must(link.pin[0] == '\0' || pin_is_valid(link.pin));
      break;
    case LINKS_MALFORMED:
      must(fault.line > 0 && fault.problem != NULL);
      break;
    default:
      break;
  }
  free(text);
  return 0;
}
