import { remembered } from './derived.js';
import { type PairRate, pairName } from './pair.js';
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
 * Names of the pairs that a saturated resource on their paths holds back: what they are seen to send is less than what they may want to. A
 * resource that a path passes twice carries the pair twice.
 * `pathOf` gives the hosts that a pair's frames visit, or null when they do not arrive. What a list of hosts uses is worked out once.
 */
export function saturatedPairs<Rate extends PairRate>(
  rates: readonly Rate[],
  pathOf: (pair: Rate) => readonly string[] | null,
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
  share: number = saturatedShare,
): Set<string> {
  const usesOf = usesOver(underlay, hosts);
  const used = rates.map((rate) => {
    const path = pathOf(rate);
    return path && usesOf(path);
  });
  const loads = new Float64Array(underlay.resources.length);
  rates.forEach(({ rateMbps }, index) => {
    for (const resource of used[index] ?? []) loads[resource] = (loads[resource] ?? 0) + rateMbps;
  });
  const saturated = underlay.resources.map(({ capacityMbps }, r) => (loads[r] ?? 0) >= share * capacityMbps);
  if (!saturated.includes(true)) return new Set();
  const largest = new Float64Array(underlay.resources.length);
  rates.forEach(({ rateMbps }, index) => {
    for (const r of used[index] ?? []) largest[r] = Math.max(largest[r] ?? 0, rateMbps);
  });
  const isHeldBackAt = (r: number, rateMbps: number) => saturated[r] && rateMbps >= leastPart * (largest[r] ?? 0);
  return new Set(
    rates.filter(({ rateMbps }, index) => used[index]?.some((r) => isHeldBackAt(r, rateMbps))).map(pairName),
  );
}

/** Of each underlay, by path. */
const uses = new WeakMap<Underlay, WeakMap<readonly string[], number[] | 'unknown'>>();

/** Look-up of the resources that a path of hosts uses; null for one over a host that has left the inventory. */
function usesOver(underlay: Underlay, hosts: readonly SnapshotHost[]): (path: readonly string[]) => number[] | null {
  const known = remembered(uses, underlay, () => new WeakMap());
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const ofPath = resourcesOfPath(underlay);
  return (path) => {
    const found = remembered(known, path, () => {
      const places = path.map((name) => indices.get(name));
      return (places.every((place) => place !== undefined) && ofPath(places)) || 'unknown';
    });
    return found === 'unknown' ? null : found;
  };
}
