import type { ScheduleBounds, VMSet } from './generated/types.js';
import { microseconds, type StatedSchedule } from './schedule.js';

/** Within what each user may change a schedule, as hosts are told it. Rounding leaves the stated schedule within all of them. */
export function scheduleBounds(
  { adjustableBy = [] }: NonNullable<VMSet['spec']['schedule']>,
  { periodUs, sliceUs }: Pick<StatedSchedule, 'periodUs' | 'sliceUs'>,
): ScheduleBounds[] {
  const statedPpm = (1e6 * sliceUs) / periodUs;
  return adjustableBy.map(({ key, period, utilisation }) => ({
    key,
    leastPeriodUs: period === undefined ? periodUs : microseconds(period.least),
    mostPeriodUs: period === undefined ? periodUs : microseconds(period.most),
    leastPpm: Math.max(1, Math.floor(Math.min(statedPpm, Math.round(utilisation.least * 1e6)))),
    mostPpm: Math.min(1_000_000, Math.ceil(Math.max(statedPpm, Math.round(utilisation.most * 1e6)))),
  }));
}
