/* SPDX-License-Identifier: Apache-2.0 */
/* What names a peer or a place, as text. All parsers are pure: text in, value or false out. */
#ifndef VIRTUOSO_PUMP_ADDRESS_H
#define VIRTUOSO_PUMP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  NAME_SIZE = 64,    /* a DNS label, with its end */
  DEVICE_SIZE = 16,  /* IFNAMSIZ */
  PIN_SIZE = 52,     /* sha256:BASE64, with its end */
  UNIX_SIZE = 108,   /* sun_path */
  ENDPOINT_TEXT = 128,
};

/* An IPv4 address in host order. */
struct endpoint {
  uint32_t ipv4;
  uint16_t port;
};

struct address {
  bool is_unix;
  struct endpoint endpoint;
  char path[UNIX_SIZE];
};

bool name_is_valid(const char *text);   /* a lower-case DNS label: safe as a file name */
bool device_is_valid(const char *text); /* what Linux takes as the name of a network device */
bool pin_is_valid(const char *text);    /* sha256: and 44 characters of base64 */

/* A decimal number without sign or space. */
bool number_parse(const char *text, unsigned long most, unsigned long *value);
bool ipv4_parse(const char *text, uint32_t *ipv4);
bool endpoint_parse(const char *text, struct endpoint *endpoint); /* IPV4:PORT */
bool address_parse(const char *text, struct address *address);    /* tcp:IPV4:PORT or unix:PATH */

/* Text for people, of at most ENDPOINT_TEXT bytes with its end. */
void ipv4_text(uint32_t ipv4, char *text);
void endpoint_text(struct endpoint endpoint, char *text);
void address_text(const struct address *address, char *text);

#endif
