// SPDX-License-Identifier: Apache-2.0
// virtuoso-pump: carries Ethernet frames between a TAP and a stream of bytes to a peer's pump.
//
//   virtuoso-pump connect ADDRESS --self NAME --peer NAME --device TAP --tags FILE --status FILE [--bind IPV4] [TLS] [WS] [--idle-ms N]
//   virtuoso-pump listen  ADDRESS --self NAME --links FILE --tags FILE --status-folder DIR [--bind IPV4] [TLS] [WS] [--idle-ms N]
//   virtuoso-pump --version
//
//   ADDRESS  tcp:IPV4:PORT | unix:PATH
//   TLS      --key PEM --cert PEM [--pin sha256:BASE64, when connecting]
//   WS       --websocket PATH [--host NAME] [--proxy IPV4:PORT]
//
// Files tags and links: pump-tables.h; read again at SIGHUP. `listen` writes DIR/PEER.json for each peer that was there, and DIR/.listen.json
// for itself: pump-status.h. DIR/PEER.lock is held by the process of a peer's connection.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "pump-connect.h"
#include "pump-listen.h"
#include "pump-tls.h"

static void note_change(int signal) {
  (void)signal;
  files_changed = 1;
}

static int complain(int exit_code, const char *why) {
  fprintf(stderr, "virtuoso-pump: %s\n", why);
  return exit_code;
}

int main(int count, char **words) {
  static struct tags_file tags;
  struct arguments arguments;
  char why[WHY_SIZE];
  if (count == 2 && strcmp(words[1], "--version") == 0) {
    puts("virtuoso-pump " PROGRAM_VERSION);
    return 0;
  }
  if (!arguments_parse(count - 1, words + 1, &arguments, why, sizeof why)) return complain(EXIT_ARGUMENTS, why);
  const struct sigaction on_change = {.sa_handler = note_change};
  sigaction(SIGHUP, &on_change, NULL);
  signal(SIGPIPE, SIG_IGN);
  tags.path = arguments.tags;
  if (!tags_load(&tags, why)) return complain(EXIT_TROUBLE, why);
  SSL_CTX *tls = NULL;
  if (arguments.key != NULL) {
    tls = tls_context(arguments.listens, arguments.key, arguments.certificate, why);
    if (tls == NULL) return complain(EXIT_TROUBLE, why);
  }
  if (!arguments.listens) connect_run(&arguments, tls, &tags);
  const struct listener listener = {.arguments = &arguments, .tls = tls, .tags = &tags};
  const int exit_code = listen_run(&listener);
  SSL_CTX_free(tls);
  return exit_code;
}
