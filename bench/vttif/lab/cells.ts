import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { measuredPrograms, type Program, syntheticPrograms } from '../ground-truth.js';

/** One program at one intensity. */
export interface Cell extends Program {
  /** What all guests send together by the pattern. */
  totalMbps: number;
  /** What each pair of guests sends beside the pattern on average, as a share of the heaviest pair. */
  noise: number;
}

export interface CellOptions {
  /** Guests that the programs need: more than the first, at most the second. */
  sizes: [number, number];
  intensitiesMbps: readonly number[];
  noise: number;
}

/** Every program of these sizes at each intensity. */
export function cells({ sizes: [above, most], intensitiesMbps, noise }: CellOptions): Cell[] {
  const programs = [...measuredPrograms(), ...syntheticPrograms()];
  return programs
    .filter(({ pattern: { size } }) => size > above && size <= most)
    .flatMap((program) => intensitiesMbps.map((totalMbps) => ({ ...program, totalMbps, noise })));
}

/** Rates in Mb/s by sender, then receiver, of so many guests; the last of them may have nothing to do. */
export function ratesMbps({ pattern, totalMbps }: Cell, guests: number): number[][] {
  const sum = pattern.edges.reduce((all, { weight }) => all + weight, 0);
  const rates = Array.from({ length: guests }, () => Array.from({ length: guests }, () => 0));
  for (const { from, to, weight } of pattern.edges) {
    const row = rates[from];
    if (row) row[to] = (weight / sum) * totalMbps;
  }
  return rates;
}

/** The cells in an order that the seed gives. */
export function shuffled(all: readonly Cell[], seed: number): Cell[] {
  const random = xoroshiro128plus(seed);
  const rest = [...all];
  const order: Cell[] = [];
  while (rest.length > 0) order.push(...rest.splice(uniformInt(random, 0, rest.length - 1), 1));
  return order;
}
