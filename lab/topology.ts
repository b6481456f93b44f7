import { type EmulatedLink, emulatedLinkFaults } from './emulated-link.js';

/** What a lab is built from: hosts in sites, and trunks that join the sites. */
export interface LabTopology {
  hosts: LabHost[];
  trunks: LabTrunk[];
  lans?: LabLan[];
}

/** A user's LAN: a switch in a namespace of its own, which is at the same time a station on it, and a host that is plugged in. */
export interface LabLan {
  name: string;
  host: string;
  /** Device of the host. */
  device: string;
  /** IPv4 address and prefix length of the station. */
  address: string;
}

/** The LAN's switch, and the station's own interface, in the LAN's namespace. */
export const lanSwitch = 'lan0';

export interface LabHost {
  name: string;
  site: string;
  interfaces: LabInterface[];
}

export interface LabInterface {
  /** Device name inside the host. */
  name: string;
  /** The underlay network it is on; only interfaces on the same one reach each other. */
  network: string;
  /** IPv4 address and prefix length. */
  address: string;
  /** In each direction; unlimited when left out. */
  rateMbps?: number;
}

/** Joins two sites on one underlay network; all paths between them share it. */
export type LabTrunk = ShapedTrunk | EmulatedTrunk;

interface TrunkEnds {
  network: string;
  sites: [string, string];
}

/** A cable behind a token bucket, without latency. */
interface ShapedTrunk extends TrunkEnds {
  /** In each direction, in bytes of Ethernet frames; unlimited when left out. */
  rateMbps?: number;
}

/** Latency, loss and the traffic of others. A host whose own path is to have them is a site of its own. */
interface EmulatedTrunk extends TrunkEnds {
  emulated: EmulatedLink;
}

/** The management network, apart from the links that are measured. */
export const control = { address: '10.255.0.1', prefixLength: 16, device: 'control' } as const;

/** Address of the host at `index` of the topology on the management network. */
export function controlAddress(index: number): string {
  const number = index + 2; // .0.0 is the network, .0.1 the reconciler
  return `10.255.${number >> 8}.${number & 255}`;
}

/** A switch: the interfaces of one site on one underlay network. */
export const switchOf = (network: string, site: string): string => `${network}/${site}`;

/** All switches, sorted. */
export function switches(topology: LabTopology): string[] {
  const interfaces = topology.hosts.flatMap(({ site, interfaces }) =>
    interfaces.map(({ network }) => switchOf(network, site)),
  );
  const ends = topology.trunks.flatMap(({ network, sites }) => sites.map((site) => switchOf(network, site)));
  return [...new Set([...interfaces, ...ends])].sort();
}

/** What is wrong with a topology, with what to do; empty if it can be built. */
export function topologyFaults(topology: LabTopology): string[] {
  const faults: string[] = [];
  const joined = new Map<string, string>();
  const root = (name: string): string => {
    const above = joined.get(name);
    return above === undefined ? name : root(above);
  };
  for (const trunk of topology.trunks) {
    const { network, sites } = trunk;
    if ('emulated' in trunk) faults.push(...emulatedLinkFaults(`The trunk ${sites.join('-')}`, trunk.emulated));
    const [a, b] = [root(switchOf(network, sites[0])), root(switchOf(network, sites[1]))];
    // Frames would circle between switches; a spanning tree would leave a trunk unused.
    if (a === b)
      faults.push(`The trunk ${sites.join('-')} closes a loop on ${network}: the lab joins sites as a tree.`);
    else joined.set(a, b);
  }
  for (const { name, host, device } of topology.lans ?? []) {
    const at = topology.hosts.find((each) => each.name === host);
    if (!at) faults.push(`The LAN ${name} is plugged into ${host}, which is not a host: name one of the topology.`);
    if (device === control.device || at?.interfaces.some((each) => each.name === device))
      faults.push(`The LAN ${name} needs a device of its own on ${host}: ${device} is taken.`);
  }
  const seen = new Map<string, string>();
  for (const { name, interfaces } of topology.hosts) {
    for (const { name: device, address } of interfaces) {
      const where = `${name}/${device}`;
      const own = address.split('/')[0] ?? '';
      const other = seen.get(own);
      if (other) faults.push(`${where} and ${other} have the address ${own}: give one of them another.`);
      if (own.startsWith('10.255.')) faults.push(`${where}: 10.255.0.0/16 is the lab's own: use another address.`);
      if (device === control.device || device === 'lo')
        faults.push(`${where}: the name is the lab's own: use another.`);
      seen.set(own, where);
    }
  }
  return faults;
}
