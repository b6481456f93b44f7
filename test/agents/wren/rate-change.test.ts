import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../../agents/wren/cross-blocks.js';
import { rateChangeNs } from '../../../agents/wren/rate-change.js';
import { SeededNoise } from './seeded-noise.js';

const bitsPerNs = 0.1;
const everyNs = 2e8;

/** One block each 200 ms, seen for 5 to 20 ms, with cross traffic of 100 Mb/s' given share that comes packet by packet. */
function blocks(seed: number, shares: number[], noise = 0.05): Block[] {
  const source = new SeededNoise(seed);
  return shares.map((share, i) => {
    const departingNs = 5e6 + 15e6 * source.uniform();
    const rate = bitsPerNs * (share + noise * (source.uniform() + source.uniform() - 1));
    const bits = 0.05 * departingNs;
    const toNs = (i + 1) * everyNs;
    return {
      fromNs: toNs - 2e7,
      toNs,
      bits,
      arrivingNs: (bits + rate * departingNs) / bitsPerNs,
      departingNs,
      runs: 3,
    };
  });
}

const seeds = fc.integer({ min: 1, max: 1e6 });

describe('a change of cross traffic', () => {
  it('is found at the block after which it lasts', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 6, max: 19 }), (seed, at) => {
        const shares = Array.from({ length: 25 }, (_, i) => (i < at ? 0.3 : 0.6));
        const found = (rateChangeNs(blocks(seed, shares), bitsPerNs) ?? Number.NaN) / everyNs;
        expect(Math.abs(found - at)).toBeLessThanOrEqual(1);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('is not found where it goes on', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 0.9, noNaN: true }), (seed, share) => {
        expect(rateChangeNs(blocks(seed, new Array(25).fill(share)), bitsPerNs)).toBeUndefined();
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('is hardly ever found in bursts: where chance put them all at one end', () => {
    const source = new SeededNoise(1);
    const found = Array.from({ length: 1000 }, (_, seed) => {
      const shares = Array.from({ length: 25 }, () => (source.uniform() < 0.5 ? 0 : 0.8));
      return rateChangeNs(blocks(seed, shares), bitsPerNs);
    });
    expect(found.filter((each) => each !== undefined).length).toBeLessThanOrEqual(10);
  });

  it('is not found where it is small, or seen too seldom', () => {
    const small = Array.from({ length: 25 }, (_, i) => (i < 12 ? 0.3 : 0.38));
    expect(rateChangeNs(blocks(1, small, 0.001), bitsPerNs)).toBeUndefined();
    expect(rateChangeNs(blocks(1, [0.3, 0.3, 0.3, 0.3, 0.3, 0.6, 0.6]), bitsPerNs)).toBeUndefined();
    expect(rateChangeNs([], bitsPerNs)).toBeUndefined();
  });
});
