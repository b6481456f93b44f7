import type { Host, HostStatus, Network, VirtualNetwork } from '../../schema/generated/types.js';
import { computeCores, durationMs, memoryMib, rateMbps } from '../../schema/quantities.js';
import { filled } from '../../schema/validate/defaults.js';
import type { SnapshotHost, SnapshotNetwork, SnapshotUnderlay } from '../model/snapshot.js';

export function snapshotHost({ metadata, spec }: Host, status: HostStatus | undefined): SnapshotHost {
  const { compute, reservedShare, memory, maxGuests, internalBandwidth, site, interfaces } = filled('Host', spec);
  return {
    name: metadata.name,
    site,
    computeCores: computeCores(compute) * (1 - reservedShare),
    memoryMib: memoryMib(memory),
    maxGuests: maxGuests ?? null,
    internalMbps: rateMbps(internalBandwidth),
    interfaces: interfaces.map(({ name, network, address, bandwidth }) => ({
      name,
      network,
      address: address.replace(/\/.*$/, ''),
      rateMbps: optionalRate(bandwidth),
    })),
    presence: presenceOf(status),
    report: status?.report ?? null,
    capabilities: status?.capabilities ?? null,
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
    within: within.map(({ site, bandwidth, latency }) => ({
      site,
      rateMbps: optionalRate(bandwidth),
      latencyMs: durationMs(latency),
    })),
    between: between.map(({ sites, bandwidth, latency }) => ({
      sites: alphabetical(sites),
      rateMbps: rateMbps(bandwidth),
      latencyMs: durationMs(latency),
    })),
  };
}

export function snapshotNetwork({ metadata, spec }: VirtualNetwork): SnapshotNetwork {
  const { vni, mtu, proxy } = filled('VirtualNetwork', spec);
  return { name: metadata.name, vni, mtu, proxy };
}

function alphabetical(sites: readonly string[]): [string, string] {
  const [a, b] = sites;
  if (a === undefined || b === undefined) throw new Error('a trunk has two sites: the schema says so');
  return a < b ? [a, b] : [b, a];
}

function optionalRate(bandwidth: string | undefined): number | null {
  return bandwidth === undefined ? null : rateMbps(bandwidth);
}
