import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unslowed } from '../../../agents/wren/unslowed.js';
import { SeededNoise } from './seeded-noise.js';

/** Rates of records of 262 kbit about 500, off by noise of their ends; into some of them came whole packets of others. */
function records(seed: number, share: number, noise: number): number[] {
  const source = new SeededNoise(seed);
  const random = () => source.uniform();
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: 300 }, () => {
    const packets = random() < share ? 1 + Math.floor(3 * random()) : 0;
    return (500 * (1 + noise * normal())) / (1 + 0.046 * packets);
  }).sort((a, b) => a - b);
}

describe('the rate that nothing has slowed down', () => {
  it('is found within 0.5 % although a third of the records was slowed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 0.33, noNaN: true }),
        fc.double({ min: 0.001, max: 0.012, noNaN: true }),
        (seed, share, noise) => {
          const rates = records(seed, share, noise);
          const { centre } = unslowed(rates, { centre: rates[150] as number, reach: 0.05 * 500 });
          expect(Math.abs(centre / 500 - 1)).toBeLessThan(0.005);
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  it('is the mean of all where nothing slows them', () => {
    const rates = Array.from({ length: 101 }, (_, i) => 99 + 0.02 * i);
    const { centre, reach } = unslowed(rates, { centre: 100.3, reach: 3 });
    expect(centre).toBeCloseTo(100, 1);
    expect(reach).toBeGreaterThan(1);
  });

  it('is the guess where there is too little above it to tell noise by', () => {
    expect(unslowed([1, 2, 3, 4, 5], { centre: 4, reach: 1 })).toEqual({ centre: 4, reach: 1 });
  });
});
