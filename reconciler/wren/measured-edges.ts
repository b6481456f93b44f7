import type { PathKnowledge, SharedBottleneck } from '../../schema/generated/types.js';
import type { SnapshotHost } from '../model/snapshot.js';
import { edgesByPair, type Places, placesOf, type Underlay, type UnderlayEdge } from '../model/underlay.js';
import type { DeliveredRate } from './link-rates.js';

/** All that was measured. */
export interface Measured {
  paths: readonly PathKnowledge[];
  bottlenecks: readonly SharedBottleneck[];
  delivered: readonly DeliveredRate[];
}

/** An edge of the underlay with what Wren knows of it. */
export interface MeasuredEdge {
  edge: UnderlayEdge;
  places: Places;
  /** Null: only its bounds are known, or too little to act upon. */
  availableMbps: number | null;
  lowMbps: number;
  highMbps: number;
  capacityMbps: number | null;
  carriedMbps: number;
  latencyMs: number | null;
  /** What other links carried out of its first host, and into its last, when it was measured; null where that was not kept. */
  besideOutMbps: number | null;
  besideIntoMbps: number | null;
  /** They may have carried up to so many times as much when it was in use. */
  besideTimes: number;
}

/** An estimate whose interval reaches further than this to either side, as a share of it, counts as bounds only. */
const tightShare = 0.25;

/** What is known of edges of the underlay, in the order of `paths`; paths that are no edges of it are left out. */
export function measuredEdges(
  paths: readonly PathKnowledge[],
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
): MeasuredEdge[] {
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const edgeBetween = edgesByPair(underlay);
  return paths.flatMap(
    ({
      from,
      to,
      availableMbps,
      lowMbps,
      highMbps,
      capacityMbps = null,
      carriedMbps = 0,
      latencyMs = null,
      ...beside
    }) => {
      const [a, b] = [indices.get(from), indices.get(to)];
      const edge = a === undefined || b === undefined ? undefined : edgeBetween(a, b);
      if (!edge) return [];
      const isTight = availableMbps !== undefined && highMbps - lowMbps <= 2 * tightShare * availableMbps;
      const figures = {
        availableMbps: isTight ? availableMbps : null,
        lowMbps,
        highMbps,
        capacityMbps,
        carriedMbps,
        latencyMs,
        besideOutMbps: beside.besideOutMbps ?? null,
        besideIntoMbps: beside.besideIntoMbps ?? null,
        besideTimes: beside.besideTimes ?? 1,
      };
      return [{ edge, places: placesOf(edge, hosts), ...figures }];
    },
  );
}
