import type { Rank } from './compiled-objective.js';

/** Values are equal when they differ by at most this share of the larger, or of 1. */
const tolerance = 1e-9;

/** The first rank in which two configurations differ by more than rounding; -1 where they differ in none. `a` and `b`: by rank. */
export function decidingRank(ranks: number, a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let rank = 0; rank < ranks; rank++) {
    const [valueOfA, valueOfB] = [a[rank] as number, b[rank] as number];
    const difference = Math.abs(valueOfA - valueOfB);
    if (difference <= tolerance * Math.max(1, Math.abs(valueOfA), Math.abs(valueOfB))) continue;
    return rank;
  }
  return -1;
}

/**
 * Compares two configurations rank by rank: positive if `a` is better, negative if `b` is, 0 if all ranks are equal.
 * @param a and `b`: by rank, its value
 */
export function compareRanks(ranks: readonly Pick<Rank, 'goal'>[], a: ArrayLike<number>, b: ArrayLike<number>): number {
  const rank = decidingRank(ranks.length, a, b);
  if (rank < 0) return 0;
  const difference = (a[rank] as number) - (b[rank] as number);
  return ranks[rank]?.goal === 'maximise' ? difference : -difference;
}
