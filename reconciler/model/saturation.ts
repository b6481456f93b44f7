import { type Pair, type PairRate, pairName } from './pair.js';
import type { SnapshotHost } from './snapshot.js';
import { resourcesOfPath, type Underlay } from './underlay.js';

/**
 * Load from which on a resource is taken to hold its flows back, as a share of its capacity. Well under one: counters see
 * frames without the overhead of links, and flows that share a bottleneck seldom fill it evenly.
 */
export const saturatedShare = 0.8;

/** Sum of the rates of all pairs over each resource, in Mb/s; a resource that a path passes twice carries the pair twice. */
function resourceLoads(
  rates: readonly PairRate[],
  resourcesOf: (pair: Pair) => readonly number[] | null,
  resourceCount: number,
): Float64Array {
  const loads = new Float64Array(resourceCount);
  for (const rate of rates) {
    for (const resource of resourcesOf(rate) ?? []) loads[resource] = (loads[resource] ?? 0) + rate.rateMbps;
  }
  return loads;
}

/**
 * Names of the pairs whose paths cross a saturated resource: what they are seen to send is less than what they may want to.
 * `pathOf` gives the hosts that a pair's frames visit, or null when they do not arrive.
 */
export function saturatedPairs(
  rates: readonly PairRate[],
  pathOf: (pair: Pair) => readonly string[] | null,
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
  share: number = saturatedShare,
): Set<string> {
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const ofPath = resourcesOfPath(underlay);
  const used = new Map<string, number[] | null>();
  for (const pair of rates) {
    const path = pathOf(pair)?.map((name) => indices.get(name));
    // A host that has left the inventory has no known resources.
    used.set(pairName(pair), path?.every((index) => index !== undefined) ? ofPath(path) : null);
  }
  const resourcesOf = (pair: Pair) => used.get(pairName(pair)) ?? null;
  const loads = resourceLoads(rates, resourcesOf, underlay.resources.length);
  const saturated = underlay.resources.map(({ capacityMbps }, r) => (loads[r] ?? 0) >= share * capacityMbps);
  return new Set(rates.filter((pair) => resourcesOf(pair)?.some((r) => saturated[r])).map(pairName));
}
