/* SPDX-License-Identifier: Apache-2.0 */
/* TAP devices, seen as their cable. */
#ifndef VIRTUOSO_TAP_H
#define VIRTUOSO_TAP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Opens the TAP `name`, which must exist; while it is open the device has a carrier. With `offloads` each frame read or written
 * begins with a little-endian virtio_net_hdr of VNET_HEADER bytes, and frames may be TCP super-frames with open checksums.
 * Returns the descriptor, or -1 and says why in `why`.
 */
int tap_open(const char *name, bool offloads, char *why, size_t why_size);

#endif
