import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below, unit } from '../engine/random.js';
import { geometric } from '../geometric.js';
import { Assigned } from './assigned.js';
import { descend } from './descend.js';
import type { QuadraticAssignment } from './quadratic-assignment.js';
import { type Calibration, temperaturesAt } from './temperatures.js';

/** Share of a budget that is used up, at least 1 when it is over; asked now and then with how many steps were made. */
export type Progress = (steps: number) => number;

const stepsBetweenLooks = 4096;
/** Below this share of accepted swaps, a table of what all swaps would change pays. */
const tablePays = 0.02;

/** Simulated annealing by swaps of two items, from `places`; the best assignment seen, brought to its local optimum. */
export function annealAssignment(
  problem: QuadraticAssignment,
  places: ArrayLike<number>,
  calibration: Calibration,
  random: RandomGenerator,
  progress: Progress,
): Assigned {
  const { size } = problem;
  const assigned = new Assigned(problem, places);
  if (size < 2) return assigned;
  assigned.keepDeltas();
  descend(assigned);
  const { first, last } = temperaturesAt(assigned, calibration);
  let best = assigned.cost;
  const bestPlaces = assigned.places.slice();
  // The table is dear while much is accepted.
  assigned.assign(bestPlaces);
  let isKept = false;
  for (let steps = 0, share = progress(0); share < 1; steps += stepsBetweenLooks, share = progress(steps)) {
    const temperature = geometric(first, last, share);
    let accepted = 0;
    for (let step = 0; step < stepsBetweenLooks; step++) {
      const one = below(random, size);
      const shift = below(random, size - 1);
      const other = shift >= one ? shift + 1 : shift;
      const [a, b] = one < other ? [one, other] : [other, one];
      const delta = assigned.delta(a, b);
      if (delta > 0 && unit(random) >= Math.exp(-delta / temperature)) continue;
      assigned.swap(a, b);
      accepted++;
      if (assigned.cost >= best - 1e-9) continue;
      best = assigned.cost;
      bestPlaces.set(assigned.places);
    }
    if (!isKept && accepted < tablePays * stepsBetweenLooks) {
      assigned.keepDeltas();
      isKept = true;
    }
  }
  assigned.assign(bestPlaces);
  assigned.keepDeltas();
  descend(assigned);
  return assigned;
}
