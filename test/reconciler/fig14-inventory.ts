import type { SnapshotHost, SnapshotUnderlay } from '../../reconciler/model/snapshot.js';

/** A connected host with room for everything; `interfaces` as [name, network, address, rate]. */
export function snapshotHost(
  name: string,
  site: string,
  interfaces: [string, string, string, number | null][],
): SnapshotHost {
  return {
    name,
    site,
    computeCores: 8,
    memoryMib: 16384,
    maxGuests: null,
    processors: { count: 2, reservedPpm: 0 },
    internalMbps: 10_000,
    interfaces: interfaces.map(([device, network, address, rateMbps]) => ({
      name: device,
      network,
      address,
      rateMbps,
    })),
    presence: 'connected',
    report: null,
    capabilities: null,
    agentKey: null,
    ssh: null,
  };
}

/** Fig. 14 of the seed: two domains of three hosts, 100 and 1000 Mb/s inside, 10 Mb/s shared between them. */
export const fig14Hosts: SnapshotHost[] = [1, 2, 3, 4, 5, 6].map((n) =>
  snapshotHost(`host-${n}`, n <= 3 ? 'domain-1' : 'domain-2', [['eth0', 'wan', `10.0.0.${n}`, n <= 3 ? 100 : 1000]]),
);

export const fig14Underlays: SnapshotUnderlay[] = [
  {
    name: 'wan',
    within: [
      { site: 'domain-1', rateMbps: null, latencyMs: 0.2 },
      { site: 'domain-2', rateMbps: null, latencyMs: 0.2 },
    ],
    between: [{ sites: ['domain-1', 'domain-2'], rateMbps: 10, latencyMs: 20 }],
  },
];
