/* SPDX-License-Identifier: Apache-2.0 */
/* Records: how frames travel between pumps. be32 length of what follows; be32 label; virtio_net_hdr; Ethernet frame with its tag. */
#ifndef VIRTUOSO_PUMP_RECORD_H
#define VIRTUOSO_PUMP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  VNET_HEADER = 10,                                 /* bytes of a virtio_net_hdr */
  RECORD_PREFIX = 8,                                /* length and label */
  FRAME_MIN = 18,                                   /* Ethernet header with an 802.1ad tag */
  FRAME_MAX = 65536 + 128,                          /* a super-frame with its headers */
  PACKET_MAX = VNET_HEADER + FRAME_MAX,             /* what a TAP gives or takes at once */
  RECORD_MAX = RECORD_PREFIX + PACKET_MAX,
  RECORD_LENGTH_MIN = 4 + VNET_HEADER + FRAME_MIN,  /* bounds of the length field */
  RECORD_LENGTH_MAX = 4 + PACKET_MAX,
  NETWORK_INDEX_MAX = 1023,
  VNI_MAX = (1 << 24) - 1,
  HOPS_MAX = 31,                                    /* five bits of a tag */
};

/* The 802.1ad tag of a frame on a TAP: the network by this host's number for it (0 = keep-alive), and the frame's state. */
struct tag {
  uint16_t index;
  bool star;
  uint8_t hops;
};

/* The same between hosts, which number networks differently. */
struct label {
  uint32_t vni;
  bool star;
  uint8_t hops;
};

enum packet_fault {
  PACKET_OK,
  PACKET_LENGTH,     /* too short or too long */
  PACKET_OFFLOAD,    /* the virtio_net_hdr says what is not so */
  PACKET_TAG,        /* no 802.1ad tag */
  PACKET_HOPS,       /* none left, or more than a tag can say */
};

/* Checks a virtio_net_hdr with its frame; on PACKET_OK `tag` is what the frame's tag says. Hops of keep-alives do not matter. */
enum packet_fault packet_check(const uint8_t *packet, size_t length, struct tag *tag);

/* Puts another tag into a checked packet. */
void packet_retag(uint8_t *packet, struct tag tag);

/* Writes the RECORD_PREFIX of a packet of `length` bytes. */
void record_prefix(uint8_t *out, size_t length, struct label label);

enum record_state { RECORD_PARTIAL, RECORD_WHOLE, RECORD_BROKEN };

/*
 * Looks at the record that begins at `bytes`. RECORD_WHOLE: its packet is at bytes + RECORD_PREFIX, `length` long. RECORD_BROKEN: its
 * length is impossible, so that nothing after it can be read either.
 */
enum record_state record_read(const uint8_t *bytes, size_t available, size_t *length, struct label *label);

/* Whether a label can stand on a frame: hops from 1 to HOPS_MAX unless it is a keep-alive. */
bool label_is_possible(struct label label);

#endif
