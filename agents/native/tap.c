// SPDX-License-Identifier: Apache-2.0
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pump-record.h"

// UDP segmentation (USO) is left out: a peer whose kernel is older than 6.2 could not take such frames.
static const unsigned tap_offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;

static bool tap_attach(int tap, const char *name, bool offloads) {
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | (offloads ? IFF_VNET_HDR : 0)};
  memcpy(request.ifr_name, name, strlen(name));
  if (ioctl(tap, TUNSETIFF, &request) != 0) return false;
  if (!offloads) return true;
  int header = VNET_HEADER, little_endian = 1;
  return ioctl(tap, TUNSETVNETHDRSZ, &header) == 0 && ioctl(tap, TUNSETVNETLE, &little_endian) == 0 &&
         ioctl(tap, TUNSETOFFLOAD, (unsigned long)tap_offloads) == 0;
}

int tap_open(const char *name, bool offloads, char *why, size_t why_size) {
  // Attaching to a name that is not there would make a device that nobody expects.
  if (strlen(name) >= IFNAMSIZ || if_nametoindex(name) == 0) {
    snprintf(why, why_size, "there is no device %s", name);
    return -1;
  }
  int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tap < 0) {
    snprintf(why, why_size, "cannot open /dev/net/tun: %s", strerror(errno));
    return -1;
  }
  if (tap_attach(tap, name, offloads)) return tap;
  const char *hint = errno == EBUSY ? " (another process holds it)" : errno == EINVAL ? " (is it a TAP?)" : "";
  snprintf(why, why_size, "cannot attach to the device %s: %s%s", name, strerror(errno), hint);
  close(tap);
  return -1;
}
