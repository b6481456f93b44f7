import type { Fault, LinkEnd, NetworkAttachment } from '../../schema/generated/types.js';
import { interfacesWithAddresses } from '../linux/ip.js';
import type { Carriage } from './carrier.js';
import { linkMax } from './layout.js';
import { vxlanOverhead } from './vxlan-devices.js';

/** An interface of the host that links leave by. */
export interface Underlay {
  device: string;
  mtu: number;
}

/** The interfaces of this thread's network namespace, by address. */
export function underlays(): Map<string, Underlay> {
  return new Map(
    interfacesWithAddresses().flatMap(({ ifname, mtu, addr_info }) =>
      addr_info.flatMap(({ local }): [string, Underlay][] => (local ? [[local, { device: ifname, mtu }]] : [])),
    ),
  );
}

/** What is wrong with a network beside the others on this host. */
export function networkFault(network: NetworkAttachment, others: readonly NetworkAttachment[]): Fault | undefined {
  const { name, vni, lan } = network;
  const twin = others.find((each) => each.vni === vni && each.name !== name);
  if (twin) {
    const message = `Its VNI ${vni} is that of ${twin.name} on this host: give one of them another.`;
    return { kind: 'network', subject: name, message };
  }
  const rival = lan === undefined ? undefined : others.find((each) => each.lan === lan && each.name !== name);
  if (!rival) return undefined;
  return {
    kind: 'lan',
    subject: name,
    message: `${rival.name} is bridged to ${lan} already: give one of them another device.`,
  };
}

/** What is wrong with a link among the others on this host. */
export function linkFault(
  link: LinkEnd,
  carriage: Carriage,
  others: readonly { link: LinkEnd; carriage: Carriage }[],
  networks: readonly NetworkAttachment[],
  interfaces: ReadonlyMap<string, Underlay>,
): Fault | undefined {
  const fault = (message: string): Fault => ({ kind: 'link', subject: link.peer, message });
  if (carriage.kind === 'device') return undefined;
  const underlay = interfaces.get(carriage.local);
  if (!underlay) return fault(`No interface of this host has the address ${carriage.local}: correct the inventory.`);
  const twin = others.find(
    (each) =>
      each.link.peer !== link.peer &&
      each.carriage.kind === 'vxlan' &&
      each.carriage.remote === carriage.remote &&
      each.carriage.port === carriage.port,
  );
  if (twin) {
    return fault(
      `Its far end ${carriage.remote}, port ${carriage.port}, is that of the link to ${twin.link.peer}: correct the inventory.`,
    );
  }
  const largest = underlay.mtu - vxlanOverhead;
  const wide = networks.find((network) => network.mtu > largest);
  if (!wide) return undefined;
  return fault(
    `${underlay.device} carries guests' packets of at most ${largest} bytes, the network ${wide.name} has MTU ${wide.mtu}: lower it.`,
  );
}

export function tooManyPeers(peer: string): Fault {
  const message = `This host has had links to ${linkMax - 1} hosts since its core was loaded, and has no number for another one: restart it.`;
  return { kind: 'link', subject: peer, message };
}
