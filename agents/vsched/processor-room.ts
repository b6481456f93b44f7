interface Periodic {
  periodUs: number;
  sliceUs: number;
}

const ppm = 1_000_000n;

/** What is left of a pool, exactly: `left` of `whole` parts of a processor; below 0 if there is too much already. */
export interface Room {
  left: bigint;
  whole: bigint;
}

/** Earliest deadline first gives every slice in each period exactly if the sum of slice/period is at most the capacity. */
export function roomBeside(tasks: readonly Periodic[], capacityPpm: number): Room {
  let used = 0n;
  let whole = ppm;
  for (const { periodUs, sliceUs } of tasks) {
    const common = leastCommonMultiple(whole, BigInt(periodUs));
    used = used * (common / whole) + BigInt(sliceUs) * (common / BigInt(periodUs));
    whole = common;
  }
  return { left: (whole / ppm) * BigInt(capacityPpm) - used, whole };
}

export function hasRoom({ left, whole }: Room, { periodUs, sliceUs }: Periodic): boolean {
  return BigInt(sliceUs) * whole <= left * BigInt(periodUs);
}

/** The largest slice that fits, but no more than a period. */
export function largestSliceUs({ left, whole }: Room, periodUs: number): number {
  if (left <= 0n) return 0;
  return Math.min(periodUs, Number((left * BigInt(periodUs)) / whole));
}

/** By how much it does not fit, in parts of a million of a processor, rounded up. */
export function excessPpm({ left, whole }: Room, { periodUs, sliceUs }: Periodic): number {
  const period = BigInt(periodUs);
  const excess = (BigInt(sliceUs) * whole - left * period) * ppm;
  return excess <= 0n ? 0 : Number((excess + whole * period - 1n) / (whole * period));
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller > 0n) [larger, smaller] = [smaller, larger % smaller];
  return (a / larger) * b;
}
