// SPDX-License-Identifier: Apache-2.0
#include "pump-tables.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 4, FIELD_SIZE = 128 };

struct lines {
  const char *next, *end;
  size_t number;
};

/* The fields of the next line, separated by single spaces; their number, 0 at the end of the text, -1 if they are not that. */
static int next_line(struct lines *lines, char fields[FIELDS_MAX][FIELD_SIZE]) {
  if (lines->next == lines->end) return 0;
  lines->number++;
  const char *end = memchr(lines->next, '\n', (size_t)(lines->end - lines->next));
  if (end == NULL) return -1;
  int count = 0;
  size_t length = 0;
  for (const char *c = lines->next; c <= end; c++) {
    if (*c != ' ' && *c != '\n') {
      if (*c == '\0' || count == FIELDS_MAX || length == FIELD_SIZE - 1) return -1;
      fields[count][length++] = *c;
      continue;
    }
    if (length == 0) return -1;
    fields[count++][length] = '\0';
    length = 0;
  }
  lines->next = end + 1;
  return count;
}

static bool table_refuse(struct table_fault *fault, const struct lines *lines, const char *problem) {
  *fault = (struct table_fault){.line = lines->number, .problem = problem};
  return false;
}

static int by_vni(const void *left, const void *right) {
  uint32_t a = ((const struct numbered *)left)->vni, b = ((const struct numbered *)right)->vni;
  return (a > b) - (a < b);
}

bool tags_parse(const char *text, size_t length, struct tags *tags, struct table_fault *fault) {
  struct lines lines = {.next = text, .end = text + length};
  char fields[FIELDS_MAX][FIELD_SIZE];
  *tags = (struct tags){.count = 0};
  for (int count; (count = next_line(&lines, fields)) != 0;) {
    unsigned long index, vni;
    if (count != 2) return table_refuse(fault, &lines, "a line is INDEX VNI");
    if (!number_parse(fields[0], NETWORK_INDEX_MAX, &index) || index == 0)
      return table_refuse(fault, &lines, "the index is a number, 1 to 1023");
    if (!number_parse(fields[1], VNI_MAX, &vni) || vni == 0) return table_refuse(fault, &lines, "the VNI is a number, 1 to 16777215");
    if (tags->vni_of[index] != 0) return table_refuse(fault, &lines, "the index is there twice");
    tags->vni_of[index] = (uint32_t)vni;
    tags->by_vni[tags->count++] = (struct numbered){.vni = (uint32_t)vni, .index = (uint16_t)index};
  }
  qsort(tags->by_vni, tags->count, sizeof tags->by_vni[0], by_vni);
  for (uint32_t i = 1; i < tags->count; i++)
    if (tags->by_vni[i].vni == tags->by_vni[i - 1].vni) return table_refuse(fault, &lines, "some VNI is there twice");
  return true;
}

int tags_index(const struct tags *tags, uint32_t vni) {
  if (vni == 0) return 0;
  const struct numbered wanted = {.vni = vni};
  const struct numbered *found = bsearch(&wanted, tags->by_vni, tags->count, sizeof tags->by_vni[0], by_vni);
  return found == NULL ? -1 : found->index;
}

static const char *link_parse(char fields[FIELDS_MAX][FIELD_SIZE], struct link *link) {
  *link = (struct link){.has_source = strcmp(fields[3], "-") != 0};
  if (!name_is_valid(fields[0])) return "the peer is a lower-case DNS label";
  if (!device_is_valid(fields[1])) return "the TAP is the name of a network device";
  if (strcmp(fields[2], "-") != 0 && !pin_is_valid(fields[2])) return "the pin is sha256:BASE64 or -";
  if (link->has_source && !ipv4_parse(fields[3], &link->source)) return "the source is an IPv4 address or -";
  strcpy(link->peer, fields[0]);
  strcpy(link->device, fields[1]);
  if (strcmp(fields[2], "-") != 0) strcpy(link->pin, fields[2]);
  return NULL;
}

enum links_answer links_find(const char *text, size_t length, const char *peer, struct link *link, struct table_fault *fault) {
  struct lines lines = {.next = text, .end = text + length};
  char fields[FIELDS_MAX][FIELD_SIZE];
  enum links_answer answer = LINKS_UNKNOWN;
  for (int count; (count = next_line(&lines, fields)) != 0;) {
    struct link each;
    const char *problem = count == FIELDS_MAX ? link_parse(fields, &each) : "a line is PEER TAP PIN|- IPV4|-";
    const bool is_wanted = problem == NULL && strcmp(each.peer, peer) == 0;
    if (is_wanted && answer == LINKS_FOUND) problem = "the peer is there twice";
    if (problem != NULL) {
      table_refuse(fault, &lines, problem);
      return LINKS_MALFORMED;
    }
    if (!is_wanted) continue;
    *link = each;
    answer = LINKS_FOUND;
  }
  return answer;
}
