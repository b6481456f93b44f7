// SPDX-License-Identifier: Apache-2.0
#include "pump-record.h"

#include "pump-bytes.h"

enum { TAG_AT = VNET_HEADER + 12, TCI_AT = TAG_AT + 2, ETHERTYPE_8021AD = 0x88a8 };
enum { STAR_BIT = 1 << 10, HOPS_SHIFT = 11 };
enum { LABEL_STAR = 1 << 7, LABEL_HOPS = LABEL_STAR - 1, LABEL_VNI_SHIFT = 8 };

/* As in linux/virtio_net.h. UDP super-frames are never asked for (tap.c). */
enum { NEEDS_CHECKSUM = 1, CHECKSUM_IS_VALID = 2, GSO_NONE = 0, GSO_TCPV4 = 1, GSO_TCPV6 = 4, GSO_ECN = 0x80 };

static bool offload_is_possible(const uint8_t *header, size_t frame_length) {
  unsigned flags = header[0], gso = header[1] & ~GSO_ECN;
  unsigned headers_length = le16_at(header + 2), segment = le16_at(header + 4);
  unsigned checksum_start = le16_at(header + 6), checksum_offset = le16_at(header + 8);
  if (flags & ~(unsigned)(NEEDS_CHECKSUM | CHECKSUM_IS_VALID)) return false;
  if (headers_length > frame_length) return false;
  if (flags & NEEDS_CHECKSUM && (checksum_start < FRAME_MIN || checksum_start + checksum_offset + 2 > frame_length)) return false;
  if (gso == GSO_NONE) return header[1] == GSO_NONE;
  return (gso == GSO_TCPV4 || gso == GSO_TCPV6) && segment > 0 && flags & NEEDS_CHECKSUM;
}

enum packet_fault packet_check(const uint8_t *packet, size_t length, struct tag *tag) {
  if (length < VNET_HEADER + FRAME_MIN || length > PACKET_MAX) return PACKET_LENGTH;
  if (!offload_is_possible(packet, length - VNET_HEADER)) return PACKET_OFFLOAD;
  if (be16_at(packet + TAG_AT) != ETHERTYPE_8021AD) return PACKET_TAG;
  uint16_t tci = be16_at(packet + TCI_AT);
  *tag = (struct tag){.index = tci & NETWORK_INDEX_MAX, .star = (tci & STAR_BIT) != 0, .hops = (uint8_t)(tci >> HOPS_SHIFT)};
  return tag->hops > 0 || tag->index == 0 ? PACKET_OK : PACKET_HOPS;
}

void packet_retag(uint8_t *packet, struct tag tag) {
  put_be16(packet + TCI_AT, (uint16_t)(tag.index | (tag.star ? STAR_BIT : 0) | tag.hops << HOPS_SHIFT));
}

void record_prefix(uint8_t *out, size_t length, struct label label) {
  put_be32(out, (uint32_t)length + 4);
  put_be32(out + 4, label.vni << LABEL_VNI_SHIFT | (label.star ? LABEL_STAR : 0) | label.hops);
}

enum record_state record_read(const uint8_t *bytes, size_t available, size_t *length, struct label *label) {
  if (available < 4) return RECORD_PARTIAL;
  uint32_t following = be32_at(bytes);
  if (following < RECORD_LENGTH_MIN || following > RECORD_LENGTH_MAX) return RECORD_BROKEN;
  if (available - 4 < following) return RECORD_PARTIAL;
  uint32_t word = be32_at(bytes + 4);
  *label = (struct label){.vni = word >> LABEL_VNI_SHIFT, .star = (word & LABEL_STAR) != 0, .hops = word & LABEL_HOPS};
  *length = following - 4;
  return RECORD_WHOLE;
}

bool label_is_possible(struct label label) { return label.hops <= HOPS_MAX && (label.hops > 0 || label.vni == 0); }
