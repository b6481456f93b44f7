import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ButtonLevel, decay, levelOf, press, sliceAt } from '../../cli/button-level.js';
import { sliceBounds } from '../../schema/adjusted-schedule.js';

const share = fc.integer({ min: 1, max: 1_000_000 });
const bounds = fc.tuple(share, share).map(([a, b]) => ({ leastPpm: Math.min(a, b), mostPpm: Math.max(a, b) }));
const period = fc.integer({ min: 200, max: 10_000_000 });
/** Presses, and times without one in milliseconds. */
const use = fc.array(fc.oneof(fc.constant('press' as const), fc.integer({ min: 1, max: 60_000 })), { maxLength: 40 });
const runs = { seed: 16, numRuns: 300 };

describe('the irritation button', () => {
  it('never leaves the bounds, and raises with every press unless at the top', () => {
    fc.assert(
      fc.property(bounds, period, use, fc.integer({ min: 0, max: 1000 }), (within, periodUs, uses, thousandth) => {
        const { least, most } = sliceBounds(within, periodUs);
        const start = least + Math.round(((most - least) * thousandth) / 1000);
        let state = levelOf(within, periodUs, start);
        expect(sliceAt(state, within, periodUs)).toBe(start);
        for (const each of uses) {
          const before = sliceAt(state, within, periodUs);
          state = each === 'press' ? press(state, within, periodUs) : decay(state, each);
          const after = sliceAt(state, within, periodUs);
          expect(after).toBeGreaterThanOrEqual(least);
          expect(after).toBeLessThanOrEqual(most);
          if (each !== 'press') expect(after).toBeLessThanOrEqual(before);
          else if (before < most) expect(after).toBeGreaterThan(before);
          else expect(after).toBe(most);
        }
      }),
      runs,
    );
  });

  it('ends at the cheapest without presses, whatever was pressed before', () => {
    fc.assert(
      fc.property(bounds, period, use, (within, periodUs, uses) => {
        let state: ButtonLevel = { level: 0.5, irritated: 0 };
        for (const each of uses) state = each === 'press' ? press(state, within, periodUs) : decay(state, each);
        for (let second = 0; second < 2 * 3600; second++) state = decay(state, 1000);
        expect(sliceAt(state, within, periodUs)).toBe(sliceBounds(within, periodUs).least);
      }),
      { seed: 16, numRuns: 50 },
    );
  });

  it('stays longer just above what irritated', () => {
    const secondsTo = (level: number, from: ButtonLevel) => {
      let [state, seconds] = [from, 0];
      for (; state.level > level; seconds++) state = decay(state, 1000);
      return seconds;
    };
    const unmarked = secondsTo(0.4, { level: 0.8, irritated: 0 });
    const marked = secondsTo(0.4, { level: 0.8, irritated: 0.4 });
    expect(unmarked).toBe(20);
    expect(marked).toBeGreaterThan(3 * unmarked);
  });
});
