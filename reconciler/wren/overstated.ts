import type { PathKnowledge } from '../../schema/generated/types.js';
import type { SnapshotHost } from '../model/snapshot.js';
import type { Underlay } from '../model/underlay.js';
import { narrowestOf, tolerated } from './contradicted.js';
import { type MeasuredEdge, measuredEdges } from './measured-edges.js';

/** A resource of which the inventory says more than any path over it has. */
export interface Overstated {
  resource: string;
  nominalMbps: number;
  capacityMbps: number;
  message: string;
}

/**
 * Resources that ought to be the narrowest of their paths by the inventory, while none of these paths has a link as fast as is
 * stated. It is the capacity of links that counts: what cross traffic takes of it is no fault of the inventory.
 */
export function overstatedCapacities(
  paths: readonly PathKnowledge[],
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
): Overstated[] {
  const internal = new Set(underlay.internal);
  const seen = new Map<number, { capacityMbps: number; edge: MeasuredEdge }>();
  for (const edge of measuredEdges(paths, hosts, underlay)) {
    const narrowest = narrowestOf(edge, underlay, internal);
    const { capacityMbps } = edge;
    if (capacityMbps === null || narrowest === null) continue;
    if (capacityMbps > (seen.get(narrowest)?.capacityMbps ?? 0)) seen.set(narrowest, { capacityMbps, edge });
  }
  return [...seen.keys()]
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const [resource, best] = [underlay.resources[index], seen.get(index)];
      if (!resource || !best || best.capacityMbps >= tolerated.less * resource.capacityMbps) return [];
      const { from, to } = best.edge.edge;
      return [
        overstated(
          resource.name,
          resource.capacityMbps,
          best.capacityMbps,
          `${hosts[from]?.name} -> ${hosts[to]?.name}`,
        ),
      ];
    });
}

function overstated(resource: string, nominalMbps: number, capacityMbps: number, path: string): Overstated {
  const message =
    `the inventory overstates ${resource}: ${nominalMbps} Mb/s stated, but the narrowest link of ${path} has ` +
    `${capacityMbps.toFixed(1)} Mb/s, and no other path over it has more; lower the bandwidth in the inventory, or state the ` +
    'narrow link as it is';
  return { resource, nominalMbps, capacityMbps, message };
}
