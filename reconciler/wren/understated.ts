import type { SnapshotHost } from '../model/snapshot.js';
import { edgesByPair, type Underlay } from '../model/underlay.js';
import type { DeliveredRate } from './link-rates.js';

/** A resource that gave more than the inventory says it has. */
export interface Understated {
  resource: string;
  nominalMbps: number;
  deliveredMbps: number;
  message: string;
}

/** Excess that bursts and rounding explain. */
const tolerance = 1.1;

/** Resources over which more arrived than their nominal capacity, by more than a tenth. */
export function understatedCapacities(
  rates: readonly DeliveredRate[],
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
): Understated[] {
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const edgeBetween = edgesByPair(underlay);
  const loads = new Float64Array(underlay.resources.length);
  for (const { from, to, rateMbps } of rates) {
    const [a, b] = [indices.get(from), indices.get(to)];
    const edge = a === undefined || b === undefined ? undefined : edgeBetween(a, b);
    for (const resource of edge?.resources ?? []) loads[resource] = (loads[resource] ?? 0) + rateMbps;
  }
  return underlay.resources.flatMap(({ name, capacityMbps }, index) => {
    const delivered = loads[index] ?? 0;
    return delivered > tolerance * capacityMbps ? [understated(name, capacityMbps, delivered)] : [];
  });
}

function understated(resource: string, nominalMbps: number, deliveredMbps: number): Understated {
  const message =
    `the inventory understates ${resource}: ${nominalMbps} Mb/s stated, ${deliveredMbps.toFixed(1)} Mb/s delivered; ` +
    'raise the bandwidth in the inventory, or placement will avoid capacity that exists';
  return { resource, nominalMbps, deliveredMbps, message };
}
