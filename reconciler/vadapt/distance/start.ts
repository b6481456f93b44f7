import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Distances } from '../../model/problem.js';
import { insertAll } from './insertion.js';
import { nowhere } from './items.js';
import type { PairCosts } from './pair-costs.js';
import { PartnerFirst } from './partner-first.js';
import type { Placed } from './placed.js';
import { returnHome } from './return-home.js';

/** Steps for each item until a search for a placement gives up. */
const insertionSteps = 200;
const leastInsertionSteps = 20_000;

/**
 * Places all items within all constraints: where they run as far as that is possible, all others near those with which they exchange
 * data, and where room is tight by exchanges.
 * @param pairs null if nothing follows from distance
 * @returns whether a placement was found
 */
export function startPlacement(
  placed: Placed,
  pairs: PairCosts | null,
  distances: Distances,
  random: RandomGenerator,
): boolean {
  stayAtHome(placed);
  const waiting = new PartnerFirst(placed, pairs, hostsInOrder(distances, placed.hosts)).placeAll();
  const steps = Math.max(leastInsertionSteps, insertionSteps * placed.items.count);
  if (!insertAll(placed, waiting, random, steps)) return false;
  if (placed.migrations.areBeyondWish) returnHome(placed);
  return placed.migrations.areWithinLimits;
}

/** Leaves items where they run: those without choice first, then small ones, so that few have to leave a host that is too full. */
function stayAtHome(placed: Placed): void {
  const { items, allowed } = placed;
  const homely = Array.from(items.home.keys()).filter((item) => items.home[item] !== nowhere);
  const isBound = (item: number) => Number(allowed.of(item).length === 1);
  const size = (item: number) => items.memoryMib[item] as number;
  const cores = (item: number) => items.computeCores[item] as number;
  homely.sort((a, b) => isBound(b) - isBound(a) || size(a) - size(b) || cores(a) - cores(b) || a - b);
  for (const item of homely) {
    const home = items.home[item] as number;
    if (placed.admits(item, home, nowhere)) placed.put(item, home);
  }
}

/** By zones, so that neighbours in the list are near to each other. */
function hostsInOrder(distances: Distances, hosts: number): number[] {
  const order = Array.from({ length: hosts }, (_, host) => host);
  if (distances.kind === 'matrix') return order;
  const { levels } = distances;
  return order.sort((a, b) => {
    for (let level = levels.length - 1; level >= 0; level--) {
      const zoneOf = levels[level]?.zoneOf as number[];
      if (zoneOf[a] !== zoneOf[b]) return (zoneOf[a] as number) - (zoneOf[b] as number);
    }
    return a - b;
  });
}
