// SPDX-License-Identifier: Apache-2.0
#include "pump-connect.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "pump-hello.h"
#include "pump-socket.h"
#include "pump-tls.h"
#include "pump-upgrade.h"
#include "pump-wait.h"
#include "tap.h"

enum { BACKOFF_LEAST_MS = 100, BACKOFF_MOST_MS = 5000, LASTING_MS = 2000 /* a connection that lasted so long was good */ };

static enum outcome refuse(struct connection *connection, const char *why) {
  why_set(connection->why, "%s", why);
  return OUTCOME_REFUSED;
}

static enum outcome check_pin(struct connection *connection, const struct arguments *arguments) {
  char pin[PIN_SIZE] = "none";
  if (tls_pin(connection, pin) && strcmp(pin, arguments->pin) == 0) return OUTCOME_DONE;
  why_set(connection->why, "the key of %s has the pin %s, not %s", arguments->peer, pin, arguments->pin);
  return OUTCOME_REFUSED;
}

/* What the peer's verdict means to us. */
static enum outcome judge(struct connection *connection, const struct arguments *arguments, const struct hello *answer) {
  const char *const peer = arguments->peer, *const self = arguments->self;
  switch (answer->verdict) {
    case VERDICT_WELCOME:
      break;
    case VERDICT_OTHER_HOST:
      why_set(connection->why, "there is %s at this address, not %s", answer->self, peer);
      return OUTCOME_REFUSED;
    case VERDICT_UNKNOWN_PEER:
      why_set(connection->why, "%s has no link to %s", peer, self);
      return OUTCOME_REFUSED;
    case VERDICT_WRONG_PIN:
      why_set(connection->why, "%s knows another key of %s than the one we have", peer, self);
      return OUTCOME_REFUSED;
    case VERDICT_WRONG_ADDRESS:
      why_set(connection->why, "%s expects %s to come from another address", peer, self);
      return OUTCOME_REFUSED;
    default:
      why_set(connection->why, "%s is not ready: its own status says why", peer);
      return OUTCOME_FAILED;
  }
  if (strcmp(answer->self, peer) == 0 && strcmp(answer->peer, self) == 0) return OUTCOME_DONE;
  why_set(connection->why, "%s answered to %s, where %s should answer to %s", answer->self, answer->peer, peer, self);
  return OUTCOME_REFUSED;
}

static enum outcome greet(struct connection *connection, const struct arguments *arguments, int64_t deadline_ms) {
  struct hello hello = {.verdict = VERDICT_WELCOME}, answer;
  uint8_t bytes[HELLO_MAX];
  size_t length;
  snprintf(hello.self, sizeof hello.self, "%s", arguments->self);
  snprintf(hello.peer, sizeof hello.peer, "%s", arguments->peer);
  if (!connection_send_now(connection, bytes, hello_write(bytes, &hello), deadline_ms)) return OUTCOME_FAILED;
  for (;;) {
    if (!connection_receive_now(connection, deadline_ms)) return OUTCOME_FAILED;
    switch (hello_read(connection->in + connection->in_start, connection->in_end - connection->in_start, &answer, &length)) {
      case HELLO_PARTIAL:
        continue;
      case HELLO_WHOLE:
        connection->in_start += length;
        return judge(connection, arguments, &answer);
      case HELLO_OTHER_VERSION:
        return refuse(connection, "the peer speaks another version: give both hosts the same version");
      default:
        return refuse(connection, "what answers is no pump");
    }
  }
}

static enum outcome set_up(struct connection *connection, const struct arguments *arguments, SSL_CTX *tls, int64_t deadline_ms) {
  enum outcome outcome = OUTCOME_DONE;
  const char *const host = arguments->host;
  char server_name[256] = "", address[ENDPOINT_TEXT] = "localhost";
  if (host != NULL) memcpy(server_name, host, strcspn(host, ":"));
  if (!arguments->address.is_unix) address_text(&arguments->address, address);
  if (arguments->proxy.port != 0) outcome = tunnel_ask(connection, arguments->address.endpoint, deadline_ms);
  if (outcome == OUTCOME_DONE && tls != NULL)
    outcome = tls_begin(connection, tls, host == NULL ? NULL : server_name, deadline_ms) ? check_pin(connection, arguments) : OUTCOME_FAILED;
  if (outcome == OUTCOME_DONE && arguments->websocket != NULL)
    outcome = upgrade_ask(connection, arguments->websocket, host == NULL ? address : host, deadline_ms);
  return outcome == OUTCOME_DONE ? greet(connection, arguments, deadline_ms) : outcome;
}

static enum outcome attempt(struct connection *connection, const struct arguments *arguments, SSL_CTX *tls) {
  struct address address = arguments->address;
  if (arguments->proxy.port != 0) address.endpoint = arguments->proxy;
  const int64_t now = now_ms();
  char why[WHY_SIZE];
  const int socket = socket_connect(&address, arguments->bind, arguments->idle_ms, now + CONNECT_MS, why);
  connection_begin(connection, socket, false);
  if (socket >= 0) return set_up(connection, arguments, tls, now + SETUP_MS);
  memcpy(connection->why, why, sizeof why);
  return OUTCOME_FAILED;
}

static void carry(struct pump *pump, const struct arguments *arguments, int64_t began_ms) {
  struct status *const status = pump->status;
  pump->tap = tap_open(arguments->device, true, pump->connection->why, WHY_SIZE);
  if (pump->tap < 0) return;
  status->state = STATE_CONNECTED;
  status->detail[0] = '\0';
  status->connections++;
  status->set_up_ms = (uint64_t)(now_ms() - began_ms);
  status_write(status);
  pump_run(pump);
  close(pump->tap);
}

/* Half of the time is left to chance, so that many that have lost the same peer do not come back at once. */
static void back_off(unsigned backoff_ms) {
  unsigned random;
  while (getrandom(&random, sizeof random, 0) != sizeof random) continue;
  const unsigned delay_ms = backoff_ms / 2 + random % (backoff_ms / 2);
  const struct timespec delay = {.tv_sec = delay_ms / 1000, .tv_nsec = (long)(delay_ms % 1000) * 1000000};
  nanosleep(&delay, NULL);
}

_Noreturn void connect_run(const struct arguments *arguments, SSL_CTX *tls, struct tags_file *tags) {
  static struct connection connection;
  static struct status status = {.state = STATE_CONNECTING};
  struct pump pump = {.connection = &connection, .tags = tags, .status = &status, .idle_ms = (int64_t)arguments->idle_ms};
  if (!connection_init(&connection)) {
    fprintf(stderr, "virtuoso-pump: there is no memory left\n");
    _exit(1);
  }
  snprintf(status.path, sizeof status.path, "%s", arguments->status);
  status_write(&status);
  for (unsigned backoff_ms = BACKOFF_LEAST_MS;;) {
    const struct status before = status;
    const int64_t began_ms = now_ms();
    const enum outcome outcome = attempt(&connection, arguments, tls);
    if (outcome == OUTCOME_DONE) carry(&pump, arguments, began_ms);
    connection_close(&connection);
    status.state = outcome == OUTCOME_REFUSED ? STATE_REFUSED : STATE_CONNECTING;
    memcpy(status.detail, connection.why, sizeof status.detail);
    if (memcmp(&before, &status, sizeof status) != 0) status_write(&status);
    if (outcome == OUTCOME_DONE && now_ms() - began_ms > LASTING_MS) backoff_ms = BACKOFF_LEAST_MS;
    back_off(backoff_ms);
    backoff_ms = backoff_ms * 2 < BACKOFF_MOST_MS ? backoff_ms * 2 : BACKOFF_MOST_MS;
  }
}
