import type { CarriedRates } from './carried-rates.js';

/** What this product's other links carry at the ends of a path while an estimate is made of it, which takes them for cross traffic. */
export interface Beside {
  /** Away from its first host, and to its last. */
  outMbps: number;
  intoMbps: number;
  /** They may carry up to so many times as much at the moments at which the path is in use. */
  times: number;
}

/** Rates of a path that vary by more than this, as the mean of squares over the square of the mean, are of one that is used in phases. */
const phased = 1.1;
const leastShare = 0.05;

/**
 * @param busyShare share of the time in which the path is in use. What others carry at all, they may carry within it: a
 *   bulk-synchronous program sends on all its paths at once, so that what each finds available is what all leave at their peak
 */
export function besideOf(
  path: { from: string; to: string },
  carried: CarriedRates,
  sums: { leaving: ReadonlyMap<string, number>; entering: ReadonlyMap<string, number> },
  busyShare: number | null,
): Beside {
  const own = carried.of(path);
  const isPhased = carried.variationOf(path) > phased;
  return {
    outMbps: Math.max(0, (sums.leaving.get(path.from) ?? 0) - own),
    intoMbps: Math.max(0, (sums.entering.get(path.to) ?? 0) - own),
    times: isPhased && busyShare !== null ? 1 / Math.max(leastShare, busyShare) : 1,
  };
}
