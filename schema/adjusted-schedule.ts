import type { AdjustedSchedule, ScheduleBounds, VmSchedule } from './generated/types.js';

/** Processor time in every period, in whole microseconds. */
export interface Periodic {
  periodUs: number;
  sliceUs: number;
}

/** What documents state of a schedule, and what a user may have put in its place. */
export type Adjustable = Periodic & Pick<VmSchedule, 'bounds' | 'adjusted'>;

/** The period and slice that a VM has: what a user has put in place of the stated ones, unless that has lapsed. */
export function inForce(schedule: Adjustable): Periodic {
  const { adjusted } = schedule;
  const { periodUs, sliceUs } = adjusted !== undefined && !lapsed(schedule, adjusted) ? adjusted : schedule;
  return { periodUs, sliceUs };
}

/** Of two adjustments the one that holds: the later one, and the first of two from the same moment. */
export function laterOf(
  a: AdjustedSchedule | undefined,
  b: AdjustedSchedule | undefined,
): AdjustedSchedule | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.atMs > a.atMs ? b : a;
}

/**
 * Whether an adjustment holds no more: documents state another schedule by now, or grant its key no such one. To have gone back to what is
 * stated needs no bounds.
 */
export function lapsed({ periodUs, sliceUs, bounds }: Adjustable, adjusted: AdjustedSchedule): boolean {
  if (periodUs !== adjusted.statedPeriodUs || sliceUs !== adjusted.statedSliceUs) return true;
  if (periodUs === adjusted.periodUs && sliceUs === adjusted.sliceUs) return false;
  return within(bounds, adjusted.key, adjusted) !== 'granted';
}

/** Whether a key may choose this period and slice. */
export function within(
  bounds: readonly ScheduleBounds[] | undefined,
  key: string,
  chosen: Periodic,
): 'granted' | 'no-bounds' | 'outside' {
  const own = (bounds ?? []).filter((each) => each.key === key);
  if (own.length === 0) return 'no-bounds';
  return own.some((each) => contains(each, chosen)) ? 'granted' : 'outside';
}

function contains(bounds: ScheduleBounds, { periodUs, sliceUs }: Periodic): boolean {
  if (periodUs < bounds.leastPeriodUs || periodUs > bounds.mostPeriodUs) return false;
  const { least, most } = sliceBounds(bounds, periodUs);
  return sliceUs >= least && sliceUs <= most;
}

/** Shortest and longest slice of a period, rounded like the slices of shares that documents state. */
export function sliceBounds(
  { leastPpm, mostPpm }: Pick<ScheduleBounds, 'leastPpm' | 'mostPpm'>,
  periodUs: number,
): { least: number; most: number } {
  const rounded = (ppm: number) => Number((BigInt(ppm) * BigInt(periodUs) + 500_000n) / 1_000_000n);
  return { least: rounded(leastPpm), most: rounded(mostPpm) };
}
