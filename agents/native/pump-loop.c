// SPDX-License-Identifier: Apache-2.0
#include "pump-loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pump-wait.h"

enum {
  BATCH_FRAMES = 64,
  RECEIVES = 4,          /* at most, before the other direction has its turn */
  REREAD_MS = 100,       /* at least, between two looks for an unknown network */
  STATUS_MS = 1000,      /* at least, between two status files that differ in counters only */
};

volatile sig_atomic_t files_changed;

bool tags_load(struct tags_file *file, char why[WHY_SIZE]) {
  static struct tags tags;
  struct table_fault fault;
  size_t length;
  file->read_at_ms = now_ms();
  char *text = file_read(file->path, &length, why);
  if (text == NULL) return false;
  const bool is_good = tags_parse(text, length, &tags, &fault);
  free(text);
  if (is_good)
    file->tags = tags;
  else
    why_set(why, "%s line %zu is malformed: %s", file->path, fault.line, fault.problem);
  return is_good;
}

static void tags_reload(struct pump *pump) {
  struct status *const status = pump->status;
  char why[WHY_SIZE] = "";
  tags_load(pump->tags, why);
  if (strcmp(why, status->detail) == 0) return;
  memcpy(status->detail, why, sizeof why);
  status_write(status);
}

/* A network is unknown: the agent may have written it down since. */
static void tags_renew(struct pump *pump) {
  if (now_ms() - pump->tags->read_at_ms >= REREAD_MS) tags_reload(pump);
}

static bool label_of(struct pump *pump, struct tag tag, struct label *label) {
  const uint32_t *const vni_of = pump->tags->tags.vni_of;
  if (tag.index != 0 && vni_of[tag.index] == 0) tags_renew(pump);
  *label = (struct label){.vni = vni_of[tag.index], .star = tag.star, .hops = tag.hops};
  return tag.index == 0 || label->vni != 0;
}

static bool tag_of(struct pump *pump, struct label label, struct tag *tag) {
  int index = tags_index(&pump->tags->tags, label.vni);
  if (index < 0) {
    tags_renew(pump);
    index = tags_index(&pump->tags->tags, label.vni);
  }
  *tag = (struct tag){.index = (uint16_t)index, .star = label.star, .hops = label.hops};
  return index >= 0;
}

/* Makes what the TAP gave a record at `record`; its length, 0 if it is not to be sent. */
static size_t record_make(struct pump *pump, uint8_t *record, size_t length) {
  struct tag tag;
  struct label label;
  if (packet_check(record + RECORD_PREFIX, length, &tag) != PACKET_OK) {
    pump->status->unsendable++;
    return 0;
  }
  if (!label_of(pump, tag, &label)) {
    pump->status->unknown++;
    return 0;
  }
  record_prefix(record, length, label);
  return RECORD_PREFIX + length;
}

/* Sends what frames wait in the TAP as one batch; false if the TAP or the connection has failed. */
static bool send_batch(struct pump *pump) {
  struct connection *const connection = pump->connection;
  uint8_t *const payload = connection_payload(connection);
  size_t end = 0;
  for (int frames = 0; frames < BATCH_FRAMES && end < BATCH_BYTES; frames++) {
    // A byte more than the largest packet, so that one that was cut off is known.
    const ssize_t length = read(pump->tap, payload + end + RECORD_PREFIX, PACKET_MAX + 1);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (length <= 0) {
      why_set(connection->why, "the TAP is gone: %s", length < 0 ? strerror(errno) : "it has ended");
      return false;
    }
    end += record_make(pump, payload + end, (size_t)length);
  }
  if (end == 0) return true;
  connection_send(connection, end);
  return connection_flush(connection) != IO_FAILED;
}

static bool deliver(struct pump *pump, uint8_t *packet, size_t length, struct label label) {
  struct tag tag;
  if (!label_is_possible(label) || packet_check(packet, length, &tag) != PACKET_OK) {
    pump->status->malformed++;
    return true;
  }
  if (!tag_of(pump, label, &tag)) {
    pump->status->unknown++;
    return true;
  }
  packet_retag(packet, tag);
  if (write(pump->tap, packet, length) >= 0) return true;
  pump->status->undelivered++;
  // The device may be down, its queue full, or the frame not to the kernel's taste; only without the device all is over.
  if (errno != EBADF && errno != EBADFD && errno != ENODEV) return true;
  why_set(pump->connection->why, "the TAP is gone: %s", strerror(errno));
  return false;
}

static bool deliver_received(struct pump *pump) {
  struct connection *const connection = pump->connection;
  for (;;) {
    size_t length;
    struct label label;
    uint8_t *const record = connection->in + connection->in_start;
    switch (record_read(record, connection->in_end - connection->in_start, &length, &label)) {
      case RECORD_PARTIAL:
        return true;
      case RECORD_BROKEN:
        pump->status->malformed++;
        why_set(connection->why, "the peer sent a malformed record");
        return false;
      case RECORD_WHOLE:
        connection->in_start += RECORD_PREFIX + length;
        if (!deliver(pump, record + RECORD_PREFIX, length, label)) return false;
    }
  }
}

/* False if the connection has failed; `heard_ms` becomes now if something came. */
static bool receive_batch(struct pump *pump, int64_t *heard_ms) {
  for (int i = 0; i < RECEIVES; i++) {
    const enum io result = connection_receive(pump->connection);
    if (result == IO_LATER) return true;
    if (result == IO_FAILED) return false;
    *heard_ms = now_ms();
    if (!deliver_received(pump)) return false;
  }
  return true;
}

/* What has to be done besides carrying; false if it is over. */
static bool look_around(struct pump *pump, int64_t heard_ms, struct status *written, int64_t *written_ms) {
  struct connection *const connection = pump->connection;
  const int64_t now = now_ms();
  if (now - heard_ms >= pump->idle_ms) {
    why_set(connection->why, "nothing came from the peer for %lld ms", (long long)pump->idle_ms);
    return false;
  }
  if (files_changed) {
    files_changed = 0;
    tags_reload(pump);
    if (pump->is_wanted != NULL && !pump->is_wanted(pump->context, connection->why)) return false;
  }
  if (now - *written_ms >= STATUS_MS && memcmp(written, pump->status, sizeof *written) != 0) {
    status_write(pump->status);
    *written = *pump->status;
    *written_ms = now;
  }
  return true;
}

void pump_run(struct pump *pump) {
  struct connection *const connection = pump->connection;
  struct status written = *pump->status;
  int64_t heard_ms = now_ms(), written_ms = heard_ms;
  if (!deliver_received(pump)) return;
  while (look_around(pump, heard_ms, &written, &written_ms)) {
    const bool is_sending = connection->out_end > 0;
    struct pollfd wanted[] = {
        {.fd = connection->socket, .events = POLLIN | (is_sending ? POLLOUT : 0)},
        {.fd = is_sending ? -1 : pump->tap, .events = POLLIN},
    };
    const int64_t idle_left_ms = heard_ms + pump->idle_ms - now_ms();
    const int64_t patience_ms = idle_left_ms < STATUS_MS ? idle_left_ms : STATUS_MS;
    if (poll(wanted, 2, connection->has_more || patience_ms < 0 ? 0 : (int)patience_ms) < 0) continue;
    if (is_sending && connection_flush(connection) == IO_FAILED) return;
    if (connection->out_end == 0) {
      connection_answer_ping(connection);
      if (connection_flush(connection) == IO_FAILED) return;
    }
    const bool may_have_frames = wanted[1].revents != 0 || is_sending;
    if (connection->out_end == 0 && may_have_frames && !send_batch(pump)) return;
    if ((wanted[0].revents != 0 || connection->has_more) && !receive_batch(pump, &heard_ms)) return;
  }
}
