import { createHash } from 'node:crypto';
import type { LinkEnd } from '../../../schema/generated/types.js';
import { deviceIndex } from '../../linux/device.js';
import { type CommandFailure, interfaceNames, ip } from '../../linux/ip.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import { setSysctls, withoutIpv6On } from '../../linux/sysctl.js';

const prefix = 'vt-';

/** The TAP device of a link: one for each type and peer, within the 15 characters that a device's name may have. */
export function tapName({ type, peer }: Pick<LinkEnd, 'type' | 'peer'>): string {
  return `${prefix}${createHash('sha256').update(`${type}/${peer}`).digest('hex').slice(0, 11)}`;
}

/** The persistent TAP devices of a host's links. */
export interface TapDevices {
  /** Makes the device exist, be up, and carry packets of `mtu` bytes. */
  provide(device: string, mtu: number, link: LinkEnd): CommandFailure | undefined;
  resize(devices: readonly string[], mtu: number): CommandFailure | undefined;
  remove(device: string): CommandFailure | undefined;
  present(): string[];
}

/** Segments of 64 KB that wait for a pump: enough for its speed, and not seconds of a slow link's. */
const queueFrames = 32;

/** Those of the host whose network namespace this is. */
export function tapDevicesIn(namespace: Pick<NetworkNamespace, 'within'>): TapDevices {
  const exists = (device: string): boolean => deviceIndex(device) !== undefined;
  return {
    provide: (device, mtu, { type, peer }) =>
      namespace.within(() => {
        // Segments of 64 KB pass as they are: the virtio-net header says how to cut them.
        const failed = exists(device) ? undefined : ip([`tuntap add dev ${device} mode tap vnet_hdr`]);
        if (failed) return failed;
        setSysctls(withoutIpv6On(device));
        return ip([
          `link set dev ${device} alias ${type}/${peer}`,
          `link set dev ${device} mtu ${mtu} txqueuelen ${queueFrames} up`,
        ]);
      }),
    resize: (devices, mtu) =>
      namespace.within(() => ip(devices.filter(exists).map((device) => `link set dev ${device} mtu ${mtu}`))),
    remove: (device) => namespace.within(() => (exists(device) ? ip([`link del dev ${device}`]) : undefined)),
    present: () => namespace.within(interfaceNames).filter((device) => device.startsWith(prefix)),
  };
}
