// SPDX-License-Identifier: Apache-2.0
#include "pump-arguments.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum kind { FILE_PATH, HOST_NAME, DEVICE_NAME, KEY_PIN, URL_PATH, URL_HOST, IPV4, ENDPOINT, IDLE_MS };
enum { CONNECT = 1, LISTEN = 2, EITHER = CONNECT | LISTEN, TEXT_MAX = 255 };

struct option {
  const char *word;
  enum kind kind;
  int modes;
  int needed; /* in which modes it has to be there */
  size_t at;
};

static const struct option options[] = {
    {"--self", HOST_NAME, EITHER, EITHER, offsetof(struct arguments, self)},
    {"--peer", HOST_NAME, CONNECT, CONNECT, offsetof(struct arguments, peer)},
    {"--device", DEVICE_NAME, CONNECT, CONNECT, offsetof(struct arguments, device)},
    {"--tags", FILE_PATH, EITHER, EITHER, offsetof(struct arguments, tags)},
    {"--status", FILE_PATH, CONNECT, CONNECT, offsetof(struct arguments, status)},
    {"--links", FILE_PATH, LISTEN, LISTEN, offsetof(struct arguments, links)},
    {"--status-folder", FILE_PATH, LISTEN, LISTEN, offsetof(struct arguments, status_folder)},
    {"--bind", IPV4, EITHER, 0, offsetof(struct arguments, bind)},
    {"--key", FILE_PATH, EITHER, 0, offsetof(struct arguments, key)},
    {"--cert", FILE_PATH, EITHER, 0, offsetof(struct arguments, certificate)},
    {"--pin", KEY_PIN, CONNECT, 0, offsetof(struct arguments, pin)},
    {"--websocket", URL_PATH, EITHER, 0, offsetof(struct arguments, websocket)},
    {"--host", URL_HOST, CONNECT, 0, offsetof(struct arguments, host)},
    {"--proxy", ENDPOINT, CONNECT, 0, offsetof(struct arguments, proxy)},
    {"--idle-ms", IDLE_MS, EITHER, 0, offsetof(struct arguments, idle_ms)},
};
enum { OPTIONS = sizeof options / sizeof options[0] };

static const char *const kind_texts[] = {
    [FILE_PATH] = "the path of a file",
    [HOST_NAME] = "a lower-case DNS label",
    [DEVICE_NAME] = "the name of a network device",
    [KEY_PIN] = "sha256: and a SHA-256 in base64",
    [URL_PATH] = "the path of a URL, beginning with /",
    [URL_HOST] = "a host name, perhaps with a port",
    [IPV4] = "an IPv4 address",
    [ENDPOINT] = "IPV4:PORT",
    [IDLE_MS] = "milliseconds, 10 to 3600000",
};

/* Characters that can stand in a line of an HTTP head without meaning anything there. */
static bool is_url_text(const char *text) {
  for (const char *c = text; *c != '\0'; c++)
    if (*c <= ' ' || *c > '~') return false;
  return strnlen(text, TEXT_MAX + 1) <= TEXT_MAX;
}

static bool value_parse(enum kind kind, const char *text, void *value) {
  switch (kind) {
    case IPV4:
      return ipv4_parse(text, value) && *(uint32_t *)value != 0;
    case ENDPOINT:
      return endpoint_parse(text, value) && ((struct endpoint *)value)->ipv4 != 0;
    case IDLE_MS:
      return number_parse(text, IDLE_MS_MOST, value) && *(unsigned long *)value >= IDLE_MS_LEAST;
    default:
      break;
  }
  *(const char **)value = text;
  switch (kind) {
    case HOST_NAME:
      return name_is_valid(text);
    case DEVICE_NAME:
      return device_is_valid(text);
    case KEY_PIN:
      return pin_is_valid(text);
    case URL_PATH:
      return text[0] == '/' && is_url_text(text);
    case URL_HOST:
      return text[0] != '\0' && strchr(text, '/') == NULL && is_url_text(text);
    default:
      return text[0] != '\0';
  }
}

static bool refuse(char *why, size_t why_size, const char *format, const char *first, const char *second) {
  snprintf(why, why_size, format, first, second);
  return false;
}

static bool options_parse(int count, char *const words[], struct arguments *arguments, char *why, size_t why_size) {
  const int mode = arguments->listens ? LISTEN : CONNECT;
  const char *const mode_text = arguments->listens ? "listen" : "connect";
  bool given[OPTIONS] = {false};
  for (int word = 0; word < count; word += 2) {
    size_t i = 0;
    while (i < OPTIONS && strcmp(words[word], options[i].word) != 0) i++;
    if (i == OPTIONS) return refuse(why, why_size, "there is no option %s%s", words[word], "");
    if (!(options[i].modes & mode)) return refuse(why, why_size, "%s does not go with %s", options[i].word, mode_text);
    if (given[i]) return refuse(why, why_size, "%s is given twice%s", options[i].word, "");
    if (word + 1 == count || !value_parse(options[i].kind, words[word + 1], (char *)arguments + options[i].at))
      return refuse(why, why_size, "%s is followed by %s", options[i].word, kind_texts[options[i].kind]);
    given[i] = true;
  }
  for (size_t i = 0; i < OPTIONS; i++)
    if (options[i].needed & mode && !given[i]) return refuse(why, why_size, "%s needs %s", mode_text, options[i].word);
  return true;
}

static bool options_agree(const struct arguments *arguments, char *why, size_t why_size) {
  const bool tls = arguments->key != NULL;
  if (tls != (arguments->certificate != NULL)) return refuse(why, why_size, "%s goes with %s", "--key", "--cert");
  // A key that nobody checks would look like security and be none.
  if (!arguments->listens && tls != (arguments->pin != NULL)) return refuse(why, why_size, "%s goes with %s", "--key", "--pin");
  if (arguments->websocket == NULL && arguments->host != NULL)
    return refuse(why, why_size, "%s goes with %s", "--host", "--websocket");
  if (arguments->websocket == NULL && arguments->proxy.port != 0)
    return refuse(why, why_size, "%s goes with %s", "--proxy", "--websocket");
  if (arguments->address.is_unix && (arguments->bind != 0 || arguments->proxy.port != 0))
    return refuse(why, why_size, "a UNIX socket has neither %s nor %s", "--bind", "--proxy");
  return true;
}

bool arguments_parse(int count, char *const words[], struct arguments *arguments, char *why, size_t why_size) {
  *arguments = (struct arguments){.idle_ms = IDLE_MS_DEFAULT};
  if (count < 2) return refuse(why, why_size, "it begins with connect or listen, then an address%s%s", "", "");
  arguments->listens = strcmp(words[0], "listen") == 0;
  if (!arguments->listens && strcmp(words[0], "connect") != 0)
    return refuse(why, why_size, "%s is neither connect nor listen%s", words[0], "");
  if (!address_parse(words[1], &arguments->address))
    return refuse(why, why_size, "%s is neither tcp:IPV4:PORT nor unix:PATH%s", words[1], "");
  return options_parse(count - 2, words + 2, arguments, why, why_size) && options_agree(arguments, why, why_size);
}
