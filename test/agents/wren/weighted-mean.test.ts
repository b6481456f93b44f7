import { expect, it } from 'vitest';
import { studentQuantile, weightedMean } from '../../../agents/wren/weighted-mean.js';
import { SeededNoise } from './seeded-noise.js';

it('weighs rates by their time where only chance makes them differ', () => {
  const { mean, error } = weightedMean(
    [
      { rate: 1, weightNs: 3 },
      { rate: 2, weightNs: 1 },
    ],
    100,
  );
  expect(mean).toBeCloseTo(1.25, 9);
  expect(error).toBeCloseTo(5, 9);
});

it('knows that rates differ by more than chance', () => {
  const samples = Array.from({ length: 20 }, (_, i) => ({ rate: i % 2, weightNs: 1 }));
  const { mean, error } = weightedMean(samples, 1e-6);
  expect(mean).toBeCloseTo(0.5, 9);
  expect(error).toBeCloseTo(0.5 / Math.sqrt(19), 3);
});

it('states an error that holds the truth about as often as it says', () => {
  const noise = new SeededNoise(1);
  let held = 0;
  for (let round = 0; round < 400; round += 1) {
    const samples = Array.from({ length: 12 }, () => {
      const own = 5 + (noise.uniform() - 0.5) * 2;
      const weightNs = 1 + 20 * noise.uniform();
      return { rate: own + (noise.uniform() - 0.5) * Math.sqrt(12 / weightNs), weightNs };
    });
    const { mean, error, freedom } = weightedMean(samples, 1);
    if (Math.abs(mean - 5) < error * studentQuantile(freedom)) held += 1;
  }
  expect(held / 400).toBeGreaterThan(0.92);
});

it('knows the quantiles of Student', () => {
  for (const [freedom, quantile] of [
    [3, 3.182],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [1000, 1.962],
  ] as const)
    expect(studentQuantile(freedom) / quantile).toBeCloseTo(1, 1);
});
