import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noScatter, scattered, scatterMbps } from '../../../reconciler/wren/scatter.js';

/** One estimate in each window. */
const seenAs = (estimates: readonly number[]) =>
  estimates.reduce((scatter, mbps, window) => scattered(scatter, window * 5000, mbps), noScatter);

describe('the scatter of estimates', () => {
  it('is none of one that stays, or of a few', () => {
    expect(scatterMbps(noScatter)).toBe(0);
    expect(scatterMbps(seenAs(Array(20).fill(50)))).toBe(0);
    expect(scatterMbps(seenAs([50, 20, 50, 20]))).toBe(0);
  });

  it('is not made by a step, nor by a second one back', () => {
    expect(scatterMbps(seenAs([50, 50, 50, 20, 20, 20, 20]))).toBe(0);
    expect(scatterMbps(seenAs([50, 50, 50, 20, 20, 20, 20, 50, 50]))).toBe(0);
  });

  it('takes no notice of windows that overlap the one before', () => {
    const once = seenAs([50, 40, 50, 40, 50]);
    expect(scattered(once, 24_000, 10)).toBe(once);
    expect(scatterMbps(once)).toBeCloseTo(10 / (0.6745 * Math.SQRT2), 6);
  });

  it('is about the standard deviation of estimates that come and go', () => {
    const normal = fc.array(fc.double({ min: 0.001, max: 0.999, noNaN: true }), { minLength: 24, maxLength: 24 });
    let sum = 0;
    fc.assert(
      fc.property(normal, (draws) => {
        const sums = Array.from({ length: 12 }, (_, i) => 60 + 10 * ((draws[2 * i] ?? 0) + (draws[2 * i + 1] ?? 0)));
        const found = scatterMbps(seenAs(sums));
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThan(21);
        sum += found;
      }),
      { seed: 1, numRuns: 300 },
    );
    // Of a sum of two uniform numbers up to 10 each, 10 / √6 = 4.1.
    expect(sum / 300).toBeGreaterThan(2.5);
    expect(sum / 300).toBeLessThan(7);
  });
});
