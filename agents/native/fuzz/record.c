// SPDX-License-Identifier: Apache-2.0
// A stream of records, as it comes from a peer.
#include "pump-record.h"

#include "fuzz.h"

static void check_packet(uint8_t *packet, size_t length, struct label label) {
  struct tag tag, again;
  uint8_t prefix[RECORD_PREFIX];
  if (packet_check(packet, length, &tag) != PACKET_OK) return;
  must(tag.index <= NETWORK_INDEX_MAX && tag.hops <= HOPS_MAX && (tag.hops > 0 || tag.index == 0));
  if (!label_is_possible(label)) return;
  packet_retag(packet, (struct tag){.index = tag.index, .star = label.star, .hops = label.hops});
  const enum packet_fault fault = packet_check(packet, length, &again);
  must(fault == PACKET_OK || (fault == PACKET_HOPS && label.hops == 0));
  must(again.index == tag.index && again.star == label.star && again.hops == label.hops);
  record_prefix(prefix, length, label);
  must(memcmp(prefix, packet - RECORD_PREFIX, RECORD_PREFIX) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t *const bytes = copy_of(data, size);
  size_t at = 0, length;
  struct label label;
  while (record_read(bytes + at, size - at, &length, &label) == RECORD_WHOLE) {
    must(length >= VNET_HEADER + FRAME_MIN && length <= PACKET_MAX && RECORD_PREFIX + length <= size - at);
    must(label.vni <= VNI_MAX);
    check_packet(bytes + at + RECORD_PREFIX, length, label);
    at += RECORD_PREFIX + length;
  }
  free(bytes);
  return 0;
}
