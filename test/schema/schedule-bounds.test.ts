import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { within } from '../../schema/adjusted-schedule.js';
import { scheduleBounds } from '../../schema/schedule-bounds.js';

const key = `sha256:${'A'.repeat(43)}=`;

describe('bounds of a schedule', () => {
  it('are those that documents state, in whole numbers', () => {
    const adjustableBy = [
      { key, period: { least: '5ms', most: '1s' }, utilisation: { least: 0.1, most: 0.6 } },
      { key, utilisation: { least: 0, most: 1 } },
    ];
    expect(scheduleBounds({ class: 'batch', adjustableBy }, { periodUs: 10_000, sliceUs: 3000 })).toEqual([
      { key, leastPeriodUs: 5000, mostPeriodUs: 1_000_000, leastPpm: 100_000, mostPpm: 600_000 },
      { key, leastPeriodUs: 10_000, mostPeriodUs: 10_000, leastPpm: 1, mostPpm: 1_000_000 },
    ]);
    expect(scheduleBounds({ class: 'batch' }, { periodUs: 10_000, sliceUs: 3000 })).toEqual([]);
  });

  it('contain a stated schedule of a millionth or more, whatever they are rounded to', () => {
    const period = fc.integer({ min: 200, max: 2_678_400_000_000 });
    const schedule = period.chain((periodUs) =>
      fc.record({
        periodUs: fc.constant(periodUs),
        sliceUs: fc.integer({ min: Math.max(20, Math.ceil(periodUs / 1e6)), max: periodUs }),
      }),
    );
    fc.assert(
      fc.property(schedule, (stated) => {
        const share = stated.sliceUs / stated.periodUs;
        const adjustableBy = [{ key, utilisation: { least: share, most: share } }];
        const bounds = scheduleBounds({ class: 'batch', adjustableBy }, stated);
        expect(within(bounds, key, stated)).toBe('granted');
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
