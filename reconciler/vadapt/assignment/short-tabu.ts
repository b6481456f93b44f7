import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { unit } from '../engine/random.js';
import type { Assigned } from './assigned.js';

/** Longest time that an item may not go back to a place, in steps for each item; most times are much shorter. */
const longestTenure = 8;

/** Tabu search from an assignment for a number of steps, which is left at the best one seen. Deltas must be kept. Taillard, 1991. */
export function searchTabu(assigned: Assigned, steps: number, random: RandomGenerator): void {
  const { size } = assigned.problem;
  const { places, table } = assigned;
  if (table === null || size < 2) return;
  /** By item and place: the step from which on the item may be there again. */
  const freeFrom = new Int32Array(size * size);
  const tenure = () => {
    const share = unit(random);
    return Math.floor(longestTenure * size * share * share * share) + 2;
  };
  const best = places.slice();
  let least = assigned.cost;
  for (let step = 1; step <= steps; step++) {
    const swap = bestSwap(assigned, table, freeFrom, step, least - assigned.cost);
    if (swap < 0) break;
    const [a, b] = [Math.floor(swap / size), swap % size];
    freeFrom[a * size + (places[a] as number)] = step + tenure();
    freeFrom[b * size + (places[b] as number)] = step + tenure();
    assigned.swap(a, b);
    if (assigned.cost >= least - 1e-9) continue;
    least = assigned.cost;
    best.set(places);
  }
  assigned.assign(best);
}

/** The best swap that is not tabu, or is better than `aspired`, as `a * size + b`; -1 if there is none. */
function bestSwap(
  { problem: { size }, places }: Assigned,
  table: Float64Array,
  freeFrom: Int32Array,
  step: number,
  aspired: number,
): number {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let a = 0; a < size - 1; a++) {
    const row = a * size;
    const placeOfA = places[a] as number;
    for (let b = a + 1; b < size; b++) {
      const delta = table[row + b] as number;
      if (delta >= least) continue;
      const isFree =
        (freeFrom[row + (places[b] as number)] as number) <= step ||
        (freeFrom[b * size + placeOfA] as number) <= step ||
        delta < aspired - 1e-9;
      if (isFree) [best, least] = [row + b, delta];
    }
  }
  return best;
}
