import { deviceIndex } from '../linux/device.js';
import { type CommandFailure, interfaceNames, ip } from '../linux/ip.js';
import { setSysctls, withoutIpv6On } from '../linux/sysctl.js';
import type { Carriage } from './carrier.js';

/** The UDP port that VXLAN links use unless they are given another one. */
export const vxlanPort = 4789;

/** Whether the core may take the link's packets before the VXLAN device has them. */
export function isStandard(carriage: Carriage): boolean {
  return carriage.kind === 'vxlan' && carriage.port === vxlanPort;
}

/** Bytes that VXLAN over IPv4 adds to a guest's packet: outer IPv4, UDP and VXLAN headers and the inner Ethernet header. */
export const vxlanOverhead = 50;

/** The VXLAN device of a host on a UDP port. All links on the port share it: the core tells it for each frame where to. */
export function vxlanDevice(port: number): string {
  return port === vxlanPort ? 'vnet' : `vnet-${port}`;
}

/** Makes the device exist and carry packets of `mtu` bytes, in this thread's network namespace. */
export function provideVxlanDevice(port: number, mtu: number): CommandFailure | undefined {
  const device = vxlanDevice(port);
  if (deviceIndex(device) === undefined) {
    const failed = ip([`link add ${device} type vxlan external gbp dstport ${port}`]);
    if (failed) return failed;
    setSysctls(withoutIpv6On(device));
  }
  return ip([`link set ${device} mtu ${mtu} up`]);
}

/** Removes those of the core's VXLAN devices that are on other ports than these. */
export function retireVxlanDevices(kept: readonly number[]): CommandFailure | undefined {
  const wanted = new Set(kept.map(vxlanDevice));
  const gone = interfaceNames().filter((name) => /^vnet(-\d+)?$/.test(name) && !wanted.has(name));
  return ip(gone.map((name) => `link del ${name}`));
}
