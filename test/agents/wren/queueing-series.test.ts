import fc from 'fast-check';
import { expect, it } from 'vitest';
import { QueueingSeries } from '../../../agents/wren/queueing-series.js';

it('tells the mean of each bin that is over, and null for one without packets', () => {
  const series = new QueueingSeries();
  series.add(1.01e9, 1e6);
  series.add(1.05e9, 3e6);
  series.add(1.32e9, 5e6);
  expect(series.take(1.35e9, 500_350)).toEqual({ fromMs: 500_000, binMs: 100, delaysMs: [2, null, null] });
  expect(series.take(1.35e9, 500_350)).toBeUndefined();
  expect(series.take(1.41e9, 500_410)).toEqual({ fromMs: 500_300, binMs: 100, delaysMs: [5] });
});

it('keeps a minute when nobody asks', () => {
  const series = new QueueingSeries();
  for (let k = 0; k < 2000; k += 1) series.add(k * 1e8, k * 1e3);
  const told = series.take(2000e8, 200_000);
  expect(told?.delaysMs).toHaveLength(600);
  expect(told?.fromMs).toBe(140_000);
  expect(told?.delaysMs[0]).toBeCloseTo(1.4, 6);
});

it('tells each bin once, whenever it is asked', () => {
  const step = fc.record({ idleNs: fc.integer({ min: 0, max: 5e8 }), asks: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const series = new QueueingSeries();
      const told = new Set<number>();
      let nowNs = 5e9;
      for (const { idleNs, asks } of steps) {
        nowNs += idleNs;
        series.add(nowNs, 1e6);
        const bins = asks ? series.take(nowNs, nowNs / 1e6) : undefined;
        bins?.delaysMs.forEach((_, i) => {
          const bin = bins.fromMs / 100 + i;
          expect(told.has(bin)).toBe(false);
          told.add(bin);
        });
      }
    }),
    { seed: 4, numRuns: 200 },
  );
});
