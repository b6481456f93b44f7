import type { Assigned } from './assigned.js';

/** Swaps the best pair again and again until none is better: a local optimum. Deltas must be kept. */
export function descend(assigned: Assigned): void {
  const { size } = assigned.problem;
  for (;;) {
    const least = -1e-9 * Math.max(1, Math.abs(assigned.cost));
    let [best, first, second] = [least, -1, -1];
    for (let a = 0; a < size; a++) {
      for (let b = a + 1; b < size; b++) {
        const delta = assigned.delta(a, b);
        if (delta < best) [best, first, second] = [delta, a, b];
      }
    }
    if (first < 0) return;
    assigned.swap(first, second);
  }
}
