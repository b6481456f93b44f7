// SPDX-License-Identifier: Apache-2.0
// What a TAP gives: a virtio_net_hdr with a frame.
#include "pump-bytes.h"
#include "pump-record.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t *const packet = copy_of(data, size);
  struct tag tag;
  if (packet_check(packet, size, &tag) == PACKET_OK) {
    const size_t frame = size - VNET_HEADER;
    must(frame >= FRAME_MIN && be16_at(packet + VNET_HEADER + 12) == 0x88a8);
    if (packet[0] & 1) must((size_t)le16_at(packet + 6) + le16_at(packet + 8) + 2 <= frame);
  }
  free(packet);
  return 0;
}
