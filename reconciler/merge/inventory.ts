import type { Host, HostStatus, Neighbour, Network, VirtualNetwork } from '../../schema/generated/types.js';
import { computeCores, durationMs, memoryMib, rateMbps } from '../../schema/quantities.js';
import { type Filled, filled } from '../../schema/validate/defaults.js';
import { remembered } from '../model/derived.js';
import type { Processors } from '../model/schedule.js';
import type { Carriage, SnapshotHost, SnapshotNetwork, SnapshotUnderlay, SnapshotVm } from '../model/snapshot.js';

type StatedHost = Omit<SnapshotHost, 'presence' | 'report' | 'capabilities'>;

/** What a document says of a host does not change with what the host says. */
const stated = new WeakMap<Host, StatedHost>();

export function snapshotHost(host: Host, status: HostStatus | undefined): SnapshotHost {
  const known = remembered(stated, host, () => statedHost(host));
  return {
    ...known,
    processors: processorsOf(known.processors, status),
    presence: presenceOf(status),
    report: status?.report ?? null,
    capabilities: status?.capabilities ?? null,
  };
}

/** What its agent can schedule on, and of that no more than the inventory says. */
function processorsOf({ count, reservedPpm }: Processors, status: HostStatus | undefined): Processors {
  const { schedules } = status?.capabilities ?? {};
  if (schedules === undefined) return { count, reservedPpm };
  return {
    count: Math.min(count, schedules.processors),
    reservedPpm: Math.max(reservedPpm, schedules.reservedPpm),
  };
}

function statedHost({ metadata, spec }: Host): StatedHost {
  const {
    processors,
    compute,
    reservedShare,
    memory,
    disk,
    maxGuests,
    internalBandwidth,
    site,
    interfaces,
    agentKey,
    operators,
    ssh,
  } = filled('Host', spec);
  return {
    name: metadata.name,
    site,
    computeCores: computeCores(compute) * (1 - reservedShare),
    memoryMib: memoryMib(memory),
    ...(disk === undefined ? {} : { diskGib: memoryMib(disk) / 1024 }),
    maxGuests: maxGuests ?? null,
    processors: {
      count: processors ?? Math.floor(computeCores(compute)),
      reservedPpm: Math.round(reservedShare * 1e6),
    },
    internalMbps: rateMbps(internalBandwidth),
    interfaces: interfaces.map(({ name, network, address, bandwidth }) => ({
      name,
      network,
      address: address.replace(/\/.*$/, ''),
      rateMbps: optionalRate(bandwidth),
    })),
    agentKey: agentKey ?? null,
    ...(operators === undefined ? {} : { operators }),
    ssh: ssh ?? null,
  };
}

function presenceOf(status: HostStatus | undefined): SnapshotHost['presence'] {
  if (status === undefined) return 'unknown';
  return status.connected ? 'connected' : 'silent';
}

export function snapshotUnderlay({ metadata, spec }: Network): SnapshotUnderlay {
  const { within = [], between = [] } = filled('Network', spec);
  return {
    name: metadata.name,
    within: within.map(({ site, bandwidth, latency, link }) => ({
      site,
      rateMbps: optionalRate(bandwidth),
      latencyMs: durationMs(latency),
      ...carriageOf(link),
    })),
    between: between.map(({ sites, bandwidth, latency, link }) => ({
      sites: alphabetical(sites),
      rateMbps: optionalRate(bandwidth),
      latencyMs: durationMs(latency),
      ...carriageOf(link),
    })),
  };
}

type PathEntry = NonNullable<Filled<'Network'>['within']>[number];

function carriageOf(link: PathEntry['link']): { carriage?: Carriage } {
  if (!link) return {};
  const { type, port = null, listen = null, http, stun } = link;
  const [address = '', stunPort] = stun?.split(':') ?? [];
  return {
    carriage: {
      type,
      port,
      listen,
      http: { ...http, proxy: http.proxy ?? null },
      stun: stun === undefined ? null : { address, port: Number(stunPort) },
    },
  };
}

export function snapshotNetwork({ metadata, spec }: VirtualNetwork, vms: readonly SnapshotVm[]): SnapshotNetwork {
  const { vni, mtu, proxy, lan } = filled('VirtualNetwork', spec);
  const network = { name: metadata.name, vni, mtu, proxy, ...(lan ? { lan: lan.interface } : {}) };
  return withNeighbours(network, vms);
}

/** A network with the addresses of these VMs, and of no others. */
export function withNeighbours(
  { neighbours: _, ...network }: SnapshotNetwork,
  vms: readonly SnapshotVm[],
): SnapshotNetwork {
  const neighbours = neighboursOn(network.name, vms);
  return { ...network, ...(neighbours.length > 0 ? { neighbours } : {}) };
}

/** VMs of a network that state their address, by address. */
function neighboursOn(network: string, vms: readonly SnapshotVm[]): Neighbour[] {
  return vms
    .flatMap(({ spec: { network: on, address, mac } }) =>
      on === network && address !== undefined ? [{ address: address.replace(/\/.*$/, ''), mac }] : [],
    )
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

function alphabetical(sites: readonly string[]): [string, string] {
  const [a, b] = sites;
  if (a === undefined || b === undefined) throw new Error('a trunk has two sites: the schema says so');
  return a < b ? [a, b] : [b, a];
}

function optionalRate(bandwidth: string | undefined): number | null {
  return bandwidth === undefined ? null : rateMbps(bandwidth);
}
