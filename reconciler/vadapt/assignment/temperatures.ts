import type { Assigned } from './assigned.js';

export interface Temperatures {
  first: number;
  last: number;
}

/** Share of all swaps that would be accepted at first, seen from a local optimum, and how many of them at last. */
export interface Calibration {
  firstShare: number;
  lastCount: number;
}

const bisections = 100;

/**
 * Temperatures at which given shares of the swaps that lead away from a local optimum are accepted on average: instances differ too
 * much in how their costs spread for a mean difference to say anything.
 */
export function temperaturesAt(optimum: Assigned, { firstShare, lastCount }: Calibration): Temperatures {
  const { size } = optimum.problem;
  const worse: number[] = [];
  for (let a = 0; a < size; a++) {
    for (let b = a + 1; b < size; b++) {
      const delta = optimum.delta(a, b);
      if (delta > 0 && delta < Number.POSITIVE_INFINITY) worse.push(delta);
    }
  }
  if (worse.length === 0) return { first: 1, last: 1 };
  return { first: temperatureFor(worse, firstShare), last: temperatureFor(worse, lastCount / worse.length) };
}

/** The temperature at which that share of changes, each worse by so much, is accepted on average. */
export function temperatureFor(worse: readonly number[], share: number): number {
  let [low, high] = [1e-9, 10 * worse.reduce((most, delta) => Math.max(most, delta), 0)];
  for (let step = 0; step < bisections; step++) {
    const middle = Math.sqrt(low * high);
    const accepted = worse.reduce((sum, delta) => sum + Math.exp(-delta / middle), 0) / worse.length;
    if (accepted < share) low = middle;
    else high = middle;
  }
  return high;
}
