export interface PeriodicTask {
  period: number;
  slice: number;
}

const ppm = 1_000_000n;

/** Whether the shares of the tasks sum up to at most 1 less the reserve, in whole numbers without limit. */
export function sharesFit(tasks: readonly PeriodicTask[], reservePpm: number): boolean {
  let numerator = 0n;
  let denominator = 1n;
  for (const { period, slice } of tasks) {
    numerator = numerator * BigInt(period) + BigInt(slice) * denominator;
    denominator *= BigInt(period);
  }
  return numerator * ppm <= (ppm - BigInt(reservePpm)) * denominator;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Whether a task misses a deadline when all begin together, which is the worst, unit of time by unit, over all that can happen. */
export function missesDeadline(tasks: readonly PeriodicTask[]): boolean {
  const hyperperiod = tasks.reduce((lcm, { period }) => (lcm / gcd(lcm, period)) * period, 1);
  const left = tasks.map(() => 0);
  const deadlines = tasks.map(() => 0);
  for (let now = 0; now <= hyperperiod; now++) {
    let first = -1;
    for (let index = 0; index < tasks.length; index++) {
      const { period, slice } = tasks[index] as PeriodicTask;
      if (now % period === 0) {
        if ((left[index] ?? 0) > 0) return true;
        left[index] = slice;
        deadlines[index] = now + period;
      }
      if ((left[index] ?? 0) > 0 && (first < 0 || (deadlines[index] ?? 0) < (deadlines[first] ?? 0))) first = index;
    }
    if (first >= 0) left[first] = (left[first] ?? 0) - 1;
  }
  return false;
}
