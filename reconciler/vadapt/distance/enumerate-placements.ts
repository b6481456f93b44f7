import type { Costs } from './costs.js';
import { nowhere } from './items.js';
import type { Placed } from './placed.js';

/** How many placements there are at most: those of each item alone, multiplied. */
export function countPlacements({ items, allowed }: Placed): number {
  let count = 1;
  for (let item = 0; item < items.count; item++) count *= allowed.of(item).length;
  return count;
}

const none = new Int32Array(0);

/** Looks at all placements, and leaves the best one, of equals the one there was or the first. Returns how many were looked at. */
export function enumeratePlacements(costs: Costs): number {
  const { placed } = costs;
  const best = placed.hostOf.slice();
  const ranked = new Float64Array(costs.worths.length);
  costs.recount();
  costs.rankInto(ranked);
  for (let item = 0; item < placed.items.count; item++) placed.take(item);
  let looked = 0;
  const look = () => {
    looked++;
    if (placed.migrations.areExceeded) return;
    costs.recount();
    if (!costs.isLessThan(ranked)) return;
    costs.rankInto(ranked);
    best.set(placed.hostOf);
  };
  const place = (item: number): void => {
    if (item === placed.items.count) look();
    const hosts = item === placed.items.count ? none : placed.allowed.of(item);
    for (const host of hosts) {
      if (!placed.admits(item, host, nowhere)) continue;
      placed.put(item, host);
      place(item + 1);
      placed.take(item);
    }
  };
  place(0);
  placed.rearrange(best);
  costs.recount();
  return looked;
}
