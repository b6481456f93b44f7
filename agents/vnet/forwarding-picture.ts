import type { NetworkAttachment } from '../../schema/generated/types.js';
import { bring } from './bpf-map.js';
import type { Carriage } from './carrier.js';
import type { Connection } from './connection.js';
import type { KernelCore } from './kernel-core.js';
import {
  carrier,
  encodeIndex,
  encodeLink,
  encodeLinkEnd,
  encodeNetwork,
  encodePort,
  type LinkAddresses,
  layout,
  underlay,
} from './layout.js';
import { writeNeighbours } from './neighbours.js';
import type { RuleImage } from './rule-image.js';
import type { RuleTable } from './rule-table.js';
import { isStandard, vxlanPort } from './vxlan-devices.js';

/** What the kernel is to forward by, with this host's numbers and interface indices in place of names. */
export interface ForwardingPicture {
  networks: readonly (NetworkAttachment & { number: number })[];
  links: readonly PictureLink[];
  /** Guest ports, and LAN devices, which have no address; by interface index. */
  ports: readonly { device: number; network: number; mac?: string }[];
  rules: RuleImage;
}

export interface PictureLink {
  number: number;
  device: number;
  carriage: Carriage;
  /** Of a TAP device's pump, where its ends are known. */
  connection: Connection | undefined;
  /** Packets to the peer are stamped. */
  stamped: boolean;
}

/**
 * Makes the kernel's maps say what the picture says: first what is new, then the rules, at once, then what is gone. Says whether the
 * rules had to change.
 * @throws if the kernel refuses.
 */
export function showPicture(core: KernelCore, table: RuleTable, picture: ForwardingPicture): boolean {
  const { maps } = core;
  const before = classesInUse(core);
  const after = (vni: number): number => picture.rules.classes.get(vni) ?? 0;
  // Frames look for rules of either table's classes while one takes the other's place.
  const removals = [
    bring(
      maps.networks,
      networkEntries(picture, (vni) => after(vni) | (before.get(vni) ?? 0)),
    ),
    bring(maps.numbers, numberEntries(picture)),
    bring(maps.links, linkEntries(picture)),
    bring(maps.peers, peerEntries(picture)),
    bring(maps.ports, portEntries(picture)),
  ];
  writeNeighbours(maps, picture.networks);
  const links = Math.max(0, ...picture.links.map(({ number }) => number)) + 1;
  core.config = { ...core.config, links: Math.max(links, core.config.links) };
  const changed = table.write(picture.rules);
  bring(maps.networks, networkEntries(picture, after));
  for (const remove of removals) remove();
  core.config = { ...core.config, links };
  return changed;
}

type Entries = Map<string, Buffer>;

function classesInUse({ maps }: KernelCore): Map<number, number> {
  const { vni, classes } = layout.network;
  return new Map(maps.networks.entries().map(([, value]) => [value.readUInt32LE(vni), value.readUInt32LE(classes)]));
}

function networkEntries({ networks }: ForwardingPicture, classes: (vni: number) => number): Entries {
  return new Map(
    networks.map(({ number, vni, mtu }) => [hex(encodeIndex(number)), encodeNetwork(vni, mtu, classes(vni))]),
  );
}

function numberEntries({ networks }: ForwardingPicture): Entries {
  return new Map(networks.map(({ number, vni }) => [hex(encodeIndex(vni)), encodeIndex(number)]));
}

function linkEntries({ links }: ForwardingPicture): Entries {
  return new Map(
    links.map(({ number, device, carriage, connection, stamped }) => [
      hex(encodeIndex(number)),
      encodeLink(carriage.kind, device, carriage.kind === 'vxlan' ? tunnel(carriage, stamped) : connection),
    ]),
  );
}

function tunnel({ local, remote, port }: Carriage & { kind: 'vxlan' }, stamped: boolean): LinkAddresses {
  const ports = port === vxlanPort ? {} : { localPort: port, remotePort: port };
  return { local, remote, stamped, ...ports };
}

function peerEntries({ links }: ForwardingPicture): Entries {
  return new Map(
    links.flatMap(({ number, device, carriage, connection }) => {
      const remote = carriage.kind === 'vxlan' ? carriage.remote : undefined;
      const ends = [encodeLinkEnd(device, remote)];
      if (isStandard(carriage)) ends.push(encodeLinkEnd(underlay, remote));
      else if (remote !== undefined || connection) ends.push(encodeLinkEnd(carrier, remote ?? connection?.remote));
      return ends.map((end) => [hex(end), encodeIndex(number)] as const);
    }),
  );
}

function portEntries({ ports }: ForwardingPicture): Entries {
  return new Map(ports.map(({ device, network, mac }) => [hex(encodeIndex(device)), encodePort(network, mac)]));
}

const hex = (bytes: Buffer): string => bytes.toString('hex');
