import type { PathKnowledge } from '../../schema/generated/types.js';
import type { SnapshotHost } from '../model/snapshot.js';
import type { Underlay } from '../model/underlay.js';
import { type MeasuredEdge, measuredEdges } from './measured-edges.js';

/** A path whose narrowest link is another than the inventory states. */
export interface Contradicted {
  from: string;
  to: string;
  capacityMbps: number;
  /** What the path ought to be limited by. */
  resource: string;
  statedMbps: number;
}

/** Less than the first share of what is stated, or more than the second, is not noise. */
export const tolerated = { less: 0.8, more: 1.1 } as const;

/** By path, in the order of `paths`. */
export function contradictedPaths(
  paths: readonly PathKnowledge[],
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
): Contradicted[] {
  const internal = new Set(underlay.internal);
  return measuredEdges(paths, hosts, underlay).flatMap((measured) => {
    const { edge, capacityMbps } = measured;
    const resource = underlay.resources[narrowestOf(measured, underlay, internal) ?? -1];
    const [from, to] = [hosts[edge.from]?.name, hosts[edge.to]?.name];
    if (capacityMbps === null || !resource || from === undefined || to === undefined) return [];
    const { name, capacityMbps: statedMbps } = resource;
    const isSame = capacityMbps >= tolerated.less * statedMbps && capacityMbps <= tolerated.more * statedMbps;
    return isSame ? [] : [{ from, to, capacityMbps, resource: name, statedMbps }];
  });
}

/** Place of the resource with the least stated capacity; null where nothing is stated. */
export function narrowestOf(
  { edge }: MeasuredEdge,
  { resources }: Underlay,
  internal: ReadonlySet<number>,
): number | null {
  const stated = edge.resources.filter((index) => !internal.has(index));
  const capacity = (index: number) => resources[index]?.capacityMbps ?? 0;
  return stated.reduce<number | null>((a, b) => (a !== null && capacity(a) <= capacity(b) ? a : b), null);
}
