import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { periodOf } from '../../../reconciler/vttif/period.js';

const series = (length: number, value: (at: number) => number) => Array.from({ length }, (_, at) => value(at));
/** On for a share of each period, with steps spread over samples as counters show them. */
const turns = (period: number, share: number, scale = 1) =>
  series(80, (at) => {
    const fine = series(20, (part) => (((at + part / 20) % period) / period < share ? scale : 0));
    return fine.reduce((sum, each) => sum + each, 0) / fine.length;
  });

/** Between 0 and 1. */
function noise(run: number): number[] {
  const random = xoroshiro128plus(run);
  return series(80, () => uniformFloat64(random));
}

describe('period', () => {
  test.each([3, 4.5, 7, 10, 16, 24, 31])('of %f samples is found', (period) => {
    for (const share of [0.3, 0.5, 0.7]) {
      const found = periodOf([turns(period, share)], null) ?? Number.NaN;
      // Between samples, a multiple that falls on them may be found instead: as good for a window.
      const multiple = period < 8 ? Math.round(found / period) : 1;
      expect(Math.abs(found - multiple * period) / found).toBeLessThan(0.03);
    }
  });

  test('is found where parts take turns and the sum is constant', () => {
    const a = turns(12, 0.5, 10);
    const b = a.map((value) => 10 - value);
    expect(periodOf([series(80, () => 10), a, b], null)).toBeCloseTo(12, 0);
  });

  test('is none of constants, steps, drifts and short series', () => {
    expect(periodOf([series(80, () => 5)], null)).toBeNull();
    expect(periodOf([series(80, (at) => (at < 40 ? 0 : 5))], null)).toBeNull();
    expect(periodOf([series(80, (at) => at)], null)).toBeNull();
    expect(periodOf([series(4, (at) => at % 2)], null)).toBeNull();
    expect(periodOf([[]], null)).toBeNull();
    expect(periodOf([], null)).toBeNull();
  });

  test('of noise is none, but for one time in fifty', () => {
    const found = series(300, (run) => (periodOf([noise(run)], null) === null ? 0 : 1));
    expect(found.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(6);
  });

  test('does not depend on the scale', () => {
    expect(periodOf([turns(9, 0.4, 1e-6)], null)).toBeCloseTo(periodOf([turns(9, 0.4, 1e6)], null) ?? 0, 6);
  });

  test('that was known takes less to confirm than to find', () => {
    const blurred = turns(10, 0.5).map((value, at) => value + 2.4 * (noise(3)[at] ?? 0));
    expect(periodOf([blurred], null)).toBeNull();
    expect(periodOf([blurred], 10)).toBe(10);
  });
});
