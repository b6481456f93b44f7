import { deviceIndex } from '../linux/device.js';
import { type CommandFailure, ip } from '../linux/ip.js';
import { setSysctls, withoutIpv6On } from '../linux/sysctl.js';
import type { KernelCore } from './kernel-core.js';

/** The VXLAN device of a host. All links share it: the core tells it for each frame where to. */
export const linkDevice = 'vnet';

/** Bytes that VXLAN over IPv4 adds to a guest's packet: outer IPv4, UDP and VXLAN headers and the inner Ethernet header. */
export const vxlanOverhead = 50;

const vxlanPort = 4789;

/** Makes the device exist, carry packets of `mtu` bytes, and run the core, in this thread's network namespace. */
export function provideLinkDevice(core: KernelCore, mtu: number): CommandFailure | undefined {
  const failed = deviceIndex(linkDevice) === undefined ? addDevice() : undefined;
  const index = deviceIndex(linkDevice);
  if (failed || index === undefined) return failed;
  core.attach('link', index);
  setSysctls(withoutIpv6On(linkDevice));
  const { config } = core;
  if (config.linkDevice !== index) core.config = { ...config, linkDevice: index };
  return ip([`link set ${linkDevice} mtu ${mtu} up`]);
}

export function removeLinkDevice(): CommandFailure | undefined {
  return deviceIndex(linkDevice) === undefined ? undefined : ip([`link del ${linkDevice}`]);
}

function addDevice(): CommandFailure | undefined {
  return ip([`link add ${linkDevice} type vxlan external dstport ${vxlanPort}`]);
}
