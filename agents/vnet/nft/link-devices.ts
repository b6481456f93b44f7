import type { Fault, LinkEnd } from '../../../schema/generated/types.js';
import { type CommandFailure, ip, type VxlanDevice, vxlanDevices } from '../../linux/ip.js';
import { setSysctls, withoutIpv6On } from '../../linux/sysctl.js';
import { isLinkDevice, linkDevice, pulseVni } from './device-name.js';
import { portOf } from './guard.js';

/** What a link carries: a network, or keep-alives. */
export interface CarriedNetwork {
  vni: number;
  mtu: number;
}

/** The networks of a host, and that of keep-alives, which are as long as any frame. */
export function carriedNetworks(networks: readonly CarriedNetwork[]): CarriedNetwork[] {
  return [{ vni: pulseVni, mtu: Math.max(576, ...networks.map(({ mtu }) => mtu)) }, ...networks];
}

/** Makes each link's devices exist and be as they should, in this thread's network namespace: one for each network. */
export function provideLinkDevices(links: readonly LinkEnd[], networks: readonly CarriedNetwork[]): Fault[] {
  const present = new Map(vxlanDevices().map((device) => [device.ifname, device]));
  return links.flatMap((link): Fault[] => {
    for (const network of carriedNetworks(networks)) {
      const name = linkDevice(link.peer, network.vni);
      const failed = provideDevice(name, link, network, present.get(name));
      if (failed) return [{ kind: 'link', subject: link.peer, message: failed.message }];
    }
    return [];
  });
}

/** Removes the devices of links and networks that are not listed. */
export function retireLinkDevices(
  links: readonly LinkEnd[],
  networks: readonly CarriedNetwork[],
): CommandFailure | undefined {
  const kept = new Set(links.flatMap(({ peer }) => carriedNetworks(networks).map(({ vni }) => linkDevice(peer, vni))));
  const names = vxlanDevices().map(({ ifname }) => ifname);
  return ip(names.filter((name) => isLinkDevice(name) && !kept.has(name)).map((name) => `link del dev ${name}`));
}

function provideDevice(
  name: string,
  link: LinkEnd,
  { vni, mtu }: CarriedNetwork,
  present: VxlanDevice | undefined,
): CommandFailure | undefined {
  const same = present !== undefined && carries(present, link, vni);
  if (same && present.mtu === mtu && present.flags.includes('UP')) return undefined;
  // The packets may not be cut: fragments would be slow and silent. The inner checksums suffice.
  const add = `link add dev ${name} type vxlan id ${vni} local ${link.local} remote ${link.remote} dstport ${portOf(link)} gbp nolearning ttl 64 df set noudpcsum`;
  const made = same ? undefined : ip([...(present ? [`link del dev ${name}`] : []), add]);
  if (made) return made;
  setSysctls(withoutIpv6On(name));
  return ip([`link set dev ${name} mtu ${mtu} up`]);
}

function carries({ linkinfo }: VxlanDevice, link: LinkEnd, vni: number): boolean {
  const { id, local, remote, port } = linkinfo.info_data;
  return id === vni && local === link.local && remote === link.remote && port === portOf(link);
}
