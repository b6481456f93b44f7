/** All numbers from `low` to `high`, both finite; or both NaN where a part was refused, which no comparison holds for. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What n additions of doubles are off by at most, relatively, for n up to 10^7. */
const roundingShare = 1e-8;

export const unknownRange: Interval = { low: Number.NaN, high: Number.NaN };

export const exactly = (value: number): Interval => ({ low: value, high: value });

export function hasZero({ low, high }: Interval): boolean {
  return low <= 0 && high >= 0;
}

// Each bound is computed by the very operation that computes values. Rounding is monotone, so no value lies outside.

export const sumOf = (a: Interval, b: Interval): Interval => ({ low: a.low + b.low, high: a.high + b.high });
export const differenceOf = (a: Interval, b: Interval): Interval => ({ low: a.low - b.high, high: a.high - b.low });
export const negativeOf = ({ low, high }: Interval): Interval => ({ low: -high, high: -low });

export function productOf(a: Interval, b: Interval): Interval {
  return hull([a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]);
}

/** `b` must not contain zero. */
export function quotientOf(a: Interval, b: Interval): Interval {
  return hull([a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high]);
}

export function leastOf(ranges: readonly Interval[]): Interval {
  return { low: Math.min(...ranges.map(({ low }) => low)), high: Math.min(...ranges.map(({ high }) => high)) };
}

export function greatestOf(ranges: readonly Interval[]): Interval {
  return { low: Math.max(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
}

export function magnitudeOf(range: Interval): Interval {
  const [a, b] = [Math.abs(range.low), Math.abs(range.high)];
  return { low: hasZero(range) ? 0 : Math.min(a, b), high: Math.max(a, b) };
}

/** Also the numbers that many additions may round to. */
export function widened({ low, high }: Interval): Interval {
  return { low: low - Math.abs(low) * roundingShare, high: high + Math.abs(high) * roundingShare };
}

export function withZero({ low, high }: Interval): Interval {
  return { low: Math.min(low, 0), high: Math.max(high, 0) };
}

function hull(values: readonly number[]): Interval {
  return { low: Math.min(...values), high: Math.max(...values) };
}
