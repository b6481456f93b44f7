// SPDX-License-Identifier: Apache-2.0
#include "pump-accept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pump-hello.h"
#include "pump-lock.h"
#include "pump-tls.h"
#include "pump-upgrade.h"
#include "pump-wait.h"
#include "tap.h"

/* What a connection has shown of itself, against which a links file is held. */
struct guest {
  const struct listener *listener;
  uint32_t source;
  char pin[PIN_SIZE]; /* empty without TLS */
  struct hello hello;
  struct link link;
};

void peer_path(const struct listener *listener, const char *peer, const char *ending, char path[PATH_MAX]) {
  if (snprintf(path, PATH_MAX, "%s/%s%s", listener->arguments->status_folder, peer, ending) >= PATH_MAX) path[0] = '\0';
}

static enum verdict judge_source(const struct guest *guest, char why[WHY_SIZE]) {
  char came[ENDPOINT_TEXT], wanted[ENDPOINT_TEXT];
  if (!guest->link.has_source || guest->link.source == guest->source) return VERDICT_WELCOME;
  ipv4_text(guest->source, came);
  ipv4_text(guest->link.source, wanted);
  why_set(why, "it came from %s, where %s is expected", guest->source == 0 ? "a UNIX socket" : came, wanted);
  return VERDICT_WRONG_ADDRESS;
}

static enum verdict judge_pin(const struct guest *guest, char why[WHY_SIZE]) {
  if (strcmp(guest->link.pin, guest->pin) == 0) return VERDICT_WELCOME;
  if (guest->pin[0] == '\0')
    why_set(why, "a pin is wanted of it, but there is no TLS to show one");
  else if (guest->link.pin[0] == '\0')
    why_set(why, "its key has the pin %s, but none is known for it", guest->pin);
  else
    why_set(why, "its key has the pin %s, not %s", guest->pin, guest->link.pin);
  return VERDICT_WRONG_PIN;
}

/* Whether a guest is who it says it is, by the links file as it is now. */
static enum verdict judge(struct guest *guest, char why[WHY_SIZE]) {
  const struct arguments *const arguments = guest->listener->arguments;
  struct table_fault fault;
  size_t length;
  char *const text = file_read(arguments->links, &length, why);
  if (text == NULL) return VERDICT_NOT_READY;
  const enum links_answer answer = links_find(text, length, guest->hello.self, &guest->link, &fault);
  free(text);
  if (answer == LINKS_MALFORMED) {
    why_set(why, "%s line %zu is malformed: %s", arguments->links, fault.line, fault.problem);
    return VERDICT_NOT_READY;
  }
  if (answer == LINKS_UNKNOWN) {
    why_set(why, "there is no link to %s", guest->hello.self);
    return VERDICT_UNKNOWN_PEER;
  }
  const enum verdict verdict = judge_pin(guest, why);
  if (verdict != VERDICT_WELCOME) return verdict;
  if (strcmp(guest->hello.peer, arguments->self) == 0) return judge_source(guest, why);
  why_set(why, "it looks for %s, and this is %s", guest->hello.peer, arguments->self);
  return VERDICT_OTHER_HOST;
}

static bool hear_hello(struct connection *connection, struct hello *hello, int64_t deadline_ms) {
  for (;;) {
    size_t length;
    if (!connection_receive_now(connection, deadline_ms)) return false;
    switch (hello_read(connection->in + connection->in_start, connection->in_end - connection->in_start, hello, &length)) {
      case HELLO_PARTIAL:
        continue;
      case HELLO_WHOLE:
        connection->in_start += length;
        return true;
      case HELLO_OTHER_VERSION:
        why_set(connection->why, "a pump of another version came: give both hosts the same version");
        return false;
      default:
        why_set(connection->why, "what came is no pump's hello");
        return false;
    }
  }
}

static bool greet(struct connection *connection, struct guest *guest, int64_t deadline_ms) {
  const struct listener *const listener = guest->listener;
  const char *const websocket = listener->arguments->websocket;
  if (listener->tls != NULL && !tls_begin(connection, listener->tls, NULL, deadline_ms)) return false;
  if (listener->tls != NULL && !tls_pin(connection, guest->pin)) {
    why_set(connection->why, "no key was shown");
    return false;
  }
  if (websocket != NULL && upgrade_answer(connection, websocket, deadline_ms) != OUTCOME_DONE) return false;
  return hear_hello(connection, &guest->hello, deadline_ms);
}

static bool answer(struct connection *connection, const struct guest *guest, enum verdict verdict, int64_t deadline_ms) {
  struct hello hello = {.verdict = verdict};
  uint8_t bytes[HELLO_MAX];
  snprintf(hello.self, sizeof hello.self, "%s", guest->listener->arguments->self);
  snprintf(hello.peer, sizeof hello.peer, "%s", guest->hello.self);
  return connection_send_now(connection, bytes, hello_write(bytes, &hello), deadline_ms);
}

/* Whoever is turned away changes nothing for a peer that is connected. */
static void tell_refusal(const struct guest *guest, const char *why) {
  static struct status status = {.state = STATE_REFUSED};
  char lock_file[PATH_MAX];
  peer_path(guest->listener, guest->hello.self, ".lock", lock_file);
  peer_path(guest->listener, guest->hello.self, ".json", status.path);
  const int lock = lock_try(lock_file);
  if (lock < 0) return;
  snprintf(status.detail, sizeof status.detail, "%s", why);
  status.connections = lock_number(lock);
  status_write(&status);
  close(lock);
}

/* As pump_run asks it: the pin, the address or the TAP of the peer may have changed. */
static bool is_still_welcome(void *context, char why[WHY_SIZE]) {
  struct guest now = *(struct guest *)context;
  const enum verdict verdict = judge(&now, why);
  if (verdict == VERDICT_NOT_READY) {
    // A file that cannot be read says nothing against anybody.
    fprintf(stderr, "virtuoso-pump: %s\n", why);
    return true;
  }
  if (verdict != VERDICT_WELCOME) return false;
  if (strcmp(now.link.device, ((struct guest *)context)->link.device) == 0) return true;
  why_set(why, "its TAP is another one now");
  return false;
}

static void carry(struct connection *connection, struct guest *guest, int lock, int64_t began_ms) {
  static struct status status;
  struct pump pump = {.connection = connection, .tags = guest->listener->tags, .status = &status};
  pump.idle_ms = (int64_t)guest->listener->arguments->idle_ms;
  pump.is_wanted = is_still_welcome;
  pump.context = guest;
  peer_path(guest->listener, guest->link.peer, ".json", status.path);
  status.connections = lock_number(lock);
  pump.tap = tap_open(guest->link.device, true, connection->why, WHY_SIZE);
  const enum verdict verdict = pump.tap < 0 ? VERDICT_NOT_READY : VERDICT_WELCOME;
  if (answer(connection, guest, verdict, began_ms + SETUP_MS) && pump.tap >= 0) {
    status.connections++;
    status.state = STATE_CONNECTED;
    status.set_up_ms = (uint64_t)(now_ms() - began_ms);
    lock_keep_number(lock, status.connections);
    status_write(&status);
    pump_run(&pump);
  }
  status.state = STATE_CONNECTING;
  memcpy(status.detail, connection->why, sizeof status.detail);
  status_write(&status);
}

void accept_run(const struct listener *listener, int socket, uint32_t source, struct child *child) {
  static struct connection connection;
  struct guest guest = {.listener = listener, .source = source};
  const int64_t began_ms = now_ms(), deadline_ms = began_ms + SETUP_MS;
  char lock_file[PATH_MAX], why[WHY_SIZE];
  if (!connection_init(&connection)) {
    why_set(child->detail, "there is no memory left");
    return;
  }
  connection_begin(&connection, socket, true);
  if (!greet(&connection, &guest, deadline_ms)) {
    memcpy(child->detail, connection.why, sizeof child->detail);
    return;
  }
  const enum verdict verdict = judge(&guest, why);
  if (verdict != VERDICT_WELCOME) {
    why_set(child->detail, "%s was turned away: %.180s", guest.hello.self, why);
    if (verdict != VERDICT_UNKNOWN_PEER && verdict != VERDICT_NOT_READY) tell_refusal(&guest, why);
    answer(&connection, &guest, verdict, deadline_ms);
    return;
  }
  memcpy(child->peer, guest.link.peer, sizeof child->peer);
  child->is_known = true;
  peer_path(listener, guest.link.peer, ".lock", lock_file);
  const int lock = lock_take(lock_file, deadline_ms);
  if (lock >= 0)
    carry(&connection, &guest, lock, began_ms);
  else
    why_set(child->detail, "cannot replace the older connection of %s", guest.link.peer);
  connection_close(&connection);
}
