import type { SnapshotHost } from './snapshot.js';
import { resourcesOfPath, type Underlay } from './underlay.js';

/**
 * Load from which on a resource is taken to hold its flows back, as a share of its capacity. Well under one: counters see
 * frames without the overhead of links, and flows that share a bottleneck seldom fill it evenly.
 */
export const saturatedShare = 0.8;

/**
 * Flows that a full resource holds back share it more or less evenly. One that takes less than this part of what the largest takes
 * gets what it wants.
 */
const leastPart = 0.2;

/**
 * Which flows a saturated resource on their paths holds back, by place, 1 or 0: what they are seen to send is less than what they may
 * want to. A resource that a path passes twice carries the flow twice.
 * `usesAt` gives the resources that a flow uses, or null when its frames do not arrive.
 */
export function saturatedFlows(
  ratesMbps: Float64Array,
  usesAt: (place: number) => readonly number[] | null,
  { resources }: Pick<Underlay, 'resources'>,
  share: number = saturatedShare,
): Uint8Array {
  const isHeldBack = new Uint8Array(ratesMbps.length);
  const loads = new Float64Array(resources.length);
  ratesMbps.forEach((rateMbps, place) => {
    for (const resource of usesAt(place) ?? []) loads[resource] = (loads[resource] ?? 0) + rateMbps;
  });
  const isSaturated = resources.map(({ capacityMbps }, r) => (loads[r] ?? 0) >= share * capacityMbps);
  if (!isSaturated.includes(true)) return isHeldBack;
  const largest = new Float64Array(resources.length);
  ratesMbps.forEach((rateMbps, place) => {
    for (const r of usesAt(place) ?? []) largest[r] = Math.max(largest[r] ?? 0, rateMbps);
  });
  ratesMbps.forEach((rateMbps, place) => {
    for (const r of usesAt(place) ?? []) {
      if (isSaturated[r] && rateMbps >= leastPart * (largest[r] ?? 0)) isHeldBack[place] = 1;
    }
  });
  return isHeldBack;
}

/** Look-up of the resources that a path of hosts uses; null for one over a host that has left the inventory. */
export function usesOver(
  underlay: Underlay,
  hosts: readonly Pick<SnapshotHost, 'name'>[],
): (path: readonly string[]) => number[] | null {
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const ofPath = resourcesOfPath(underlay);
  return (path) => {
    const places = path.map((name) => indices.get(name));
    return places.every((place) => place !== undefined) ? ofPath(places) : null;
  };
}
