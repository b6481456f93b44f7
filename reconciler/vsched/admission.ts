/** One thread's part of a schedule. */
interface Task {
  periodUs: number;
  sliceUs: number;
}

const ppm = 1_000_000n;

/** Shares of a processor as whole numbers of one unit, so that sums and comparisons are exact. */
export interface Shares {
  /** By task. */
  of: bigint[];
  /** All that may be admitted: 1 - reserve. */
  capacity: bigint;
}

/** @param reservedPpm what is kept for ordinary processes, in parts of a million */
export function exactShares(tasks: readonly Task[], reservedPpm: number): Shares {
  const whole = [...new Set(tasks.map(({ periodUs }) => BigInt(periodUs)))].reduce(leastCommonMultiple, ppm);
  return {
    of: tasks.map(({ periodUs, sliceUs }) => BigInt(sliceUs) * (whole / BigInt(periodUs))),
    capacity: (whole / ppm) * (ppm - BigInt(reservedPpm)),
  };
}

/**
 * Whether one processor can give every task its slice in each of its periods. Earliest deadline first does exactly if shares sum up to
 * no more than there is (Liu and Layland, 1973; the seed's equation 1): sum of slice/period <= 1 - reserve, without any rounding.
 */
export function admits(tasks: readonly Task[], reservedPpm: number): boolean {
  const { of, capacity } = exactShares(tasks, reservedPpm);
  return of.reduce((sum, share) => sum + share, 0n) <= capacity;
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return (a / greatestCommonDivisor(a, b)) * b;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller > 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
