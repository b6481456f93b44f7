// SPDX-License-Identifier: Apache-2.0
#include "pump-address.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool name_is_valid(const char *text) {
  size_t length = strnlen(text, NAME_SIZE);
  if (length == 0 || length == NAME_SIZE || text[0] == '-' || text[length - 1] == '-') return false;
  for (size_t i = 0; i < length; i++)
    if (!is_lower(text[i]) && !is_digit(text[i]) && text[i] != '-') return false;
  return true;
}

bool device_is_valid(const char *text) {
  size_t length = strnlen(text, DEVICE_SIZE);
  if (length == 0 || length == DEVICE_SIZE || strcmp(text, ".") == 0 || strcmp(text, "..") == 0) return false;
  for (size_t i = 0; i < length; i++)
    if (text[i] <= ' ' || text[i] > '~' || text[i] == '/' || text[i] == ':' || text[i] == '%') return false;
  return true;
}

bool pin_is_valid(const char *text) {
  static const char prefix[] = "sha256:";
  if (strnlen(text, PIN_SIZE) != PIN_SIZE - 1 || strncmp(text, prefix, sizeof prefix - 1) != 0) return false;
  const char *digest = text + sizeof prefix - 1;
  for (size_t i = 0; i < 43; i++)
    if (!is_lower(digest[i]) && !is_upper(digest[i]) && !is_digit(digest[i]) && digest[i] != '+' && digest[i] != '/') return false;
  return digest[43] == '=';
}

bool number_parse(const char *text, unsigned long most, unsigned long *value) {
  unsigned long sum = 0;
  if (*text == '\0') return false;
  for (; *text != '\0'; text++) {
    if (!is_digit(*text) || sum > most / 10) return false;
    sum = sum * 10 + (unsigned long)(*text - '0');
    if (sum > most) return false;
  }
  *value = sum;
  return true;
}

bool ipv4_parse(const char *text, uint32_t *ipv4) {
  uint32_t sum = 0;
  for (int part = 0; part < 4; part++) {
    char digits[4] = "";
    size_t length = strspn(text, "0123456789");
    unsigned long octet;
    // A leading zero means octal to some readers.
    if (length > 3 || (length > 1 && text[0] == '0')) return false;
    memcpy(digits, text, length);
    if (!number_parse(digits, 255, &octet) || text[length] != (part < 3 ? '.' : '\0')) return false;
    sum = sum << 8 | (uint32_t)octet;
    text += length + (part < 3);
  }
  *ipv4 = sum;
  return true;
}

bool endpoint_parse(const char *text, struct endpoint *endpoint) {
  char host[16];
  const char *colon = strchr(text, ':');
  unsigned long port;
  if (colon == NULL || (size_t)(colon - text) >= sizeof host) return false;
  memcpy(host, text, (size_t)(colon - text));
  host[colon - text] = '\0';
  if (!ipv4_parse(host, &endpoint->ipv4) || !number_parse(colon + 1, 65535, &port) || port == 0) return false;
  endpoint->port = (uint16_t)port;
  return true;
}

bool address_parse(const char *text, struct address *address) {
  *address = (struct address){.is_unix = strncmp(text, "unix:", 5) == 0};
  if (!address->is_unix) return strncmp(text, "tcp:", 4) == 0 && endpoint_parse(text + 4, &address->endpoint);
  size_t length = strnlen(text + 5, UNIX_SIZE);
  if (length == 0 || length == UNIX_SIZE) return false;
  memcpy(address->path, text + 5, length);
  return true;
}

void ipv4_text(uint32_t ipv4, char *text) {
  snprintf(text, ENDPOINT_TEXT, "%u.%u.%u.%u", ipv4 >> 24, ipv4 >> 16 & 255, ipv4 >> 8 & 255, ipv4 & 255);
}

void endpoint_text(struct endpoint endpoint, char *text) {
  char host[ENDPOINT_TEXT];
  ipv4_text(endpoint.ipv4, host);
  snprintf(text, ENDPOINT_TEXT, "%.16s:%u", host, (unsigned)endpoint.port);
}

void address_text(const struct address *address, char *text) {
  if (address->is_unix)
    snprintf(text, ENDPOINT_TEXT, "%s", address->path);
  else
    endpoint_text(address->endpoint, text);
}
