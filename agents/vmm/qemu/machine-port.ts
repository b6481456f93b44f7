import { deviceIndex, isRunning } from '../../linux/device.js';
import { ip } from '../../linux/ip.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import { setSysctls, withoutIpv6On } from '../../linux/sysctl.js';
import { portDevice } from '../netns-guest.js';

/** Largest that a TAP device can have: what is too big the core refuses aloud. */
const portMtu = 65521;

export type Port = { kind: 'present'; device: number } | { kind: 'failed'; message: string };

/** The TAP device that a machine is plugged in at: it stays when the machine's process ends, and goes when the machine does. */
export function providePort(namespace: NetworkNamespace, guest: string): Port {
  const name = portDevice(guest);
  return namespace.within((): Port => {
    // Segments of 64 KB pass as they are: the virtio-net header says how to cut them.
    const failed = deviceIndex(name) === undefined ? ip([`tuntap add dev ${name} mode tap vnet_hdr`]) : undefined;
    if (failed) return failed;
    if (!isRunning(name)) setSysctls(withoutIpv6On(name));
    const down = ip([`link set dev ${name} mtu ${portMtu} up`]);
    if (down) return down;
    const device = deviceIndex(name);
    return device === undefined
      ? { kind: 'failed', message: 'its port vanished while it was made' }
      : { kind: 'present', device };
  });
}

/** Undefined: it is gone. */
export function removePort(namespace: NetworkNamespace, guest: string): string | undefined {
  const name = portDevice(guest);
  return namespace.within(() => (deviceIndex(name) === undefined ? undefined : ip([`link del ${name}`])?.message));
}
