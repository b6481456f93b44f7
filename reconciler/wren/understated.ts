import type { SnapshotHost } from '../model/snapshot.js';
import { edgesByPair, type Underlay } from '../model/underlay.js';
import { tolerated } from './contradicted.js';
import { type Measured, measuredEdges } from './measured-edges.js';

/** A resource that gave more than the inventory says it has. */
export interface Understated {
  resource: string;
  nominalMbps: number;
  seenMbps: number;
  message: string;
}

/**
 * Resources over which more arrived than their nominal capacity, by more than a tenth; or over which a path leads whose narrowest
 * link is faster than that.
 */
export function understatedCapacities(
  { delivered, paths }: Pick<Measured, 'delivered' | 'paths'>,
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
): Understated[] {
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const edgeBetween = edgesByPair(underlay);
  const loads = new Float64Array(underlay.resources.length);
  for (const { from, to, rateMbps } of delivered) {
    const [a, b] = [indices.get(from), indices.get(to)];
    const edge = a === undefined || b === undefined ? undefined : edgeBetween(a, b);
    for (const resource of edge?.resources ?? []) loads[resource] = (loads[resource] ?? 0) + rateMbps;
  }
  const narrowest = new Float64Array(underlay.resources.length);
  for (const { edge, capacityMbps } of measuredEdges(paths, hosts, underlay)) {
    for (const resource of edge.resources) narrowest[resource] = Math.max(narrowest[resource] ?? 0, capacityMbps ?? 0);
  }
  return underlay.resources.flatMap(({ name, capacityMbps }, index) => {
    const [load, narrow] = [loads[index] ?? 0, narrowest[index] ?? 0];
    if (load > tolerated.more * capacityMbps) return [understated(name, capacityMbps, load, 'delivered')];
    if (narrow > tolerated.more * capacityMbps) return [understated(name, capacityMbps, narrow, 'measured')];
    return [];
  });
}

function understated(
  resource: string,
  nominalMbps: number,
  seenMbps: number,
  how: 'delivered' | 'measured',
): Understated {
  const message =
    `the inventory understates ${resource}: ${nominalMbps} Mb/s stated, ${seenMbps.toFixed(1)} Mb/s ${how}; ` +
    'raise the bandwidth in the inventory, or placement will avoid capacity that exists';
  return { resource, nominalMbps, seenMbps, message };
}
