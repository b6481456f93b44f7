/** Off by no more, in microseconds, hosts leave the phase of a schedule as it is: they follow their clocks in steps of that size. */
export function phaseToleranceUs(periodUs: number): number {
  return Math.min(20, periodUs / 1000);
}
