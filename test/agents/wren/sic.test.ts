import { describe, expect, it } from 'vitest';
import { SelfInducedCongestion } from '../../../agents/wren/sic.js';
import { trainTrend } from '../../../agents/wren/train-trend.js';
import { SeededNoise } from './seeded-noise.js';

/** Trains of equal gaps through a path of `availableMbps`, at rates from 20 to 80 Mb/s. */
function trains(availableMbps: number, jitterNs = 2e4): SelfInducedCongestion {
  const sic = new SelfInducedCongestion();
  const noise = new SeededNoise(3);
  let departureNs = 1e9;
  for (let k = 0; k < 120; k += 1) {
    const rate = (20 + (k % 61)) / 1000;
    const growsNs = Math.max(0, 12_000 / (availableMbps / 1000) - 12_000 / rate);
    for (let i = 0; i < 30; i += 1) {
      const arrivalNs = departureNs + 1e7 + i * growsNs + noise.uniform() * jitterNs;
      sic.packet({ departureNs, arrivalNs, bytes: 1500, isAfterGap: i === 0 });
      departureNs += 12_000 / rate;
    }
    departureNs += 2e7;
  }
  return sic;
}

it('finds between which rates congestion begins', () => {
  for (const available of [30, 50, 70]) {
    const found = trains(available).estimate(0);
    expect(found.trains).toBeGreaterThan(60);
    expect(found.highestUncongestedMbps).toBeGreaterThan(available - 4);
    expect(found.highestUncongestedMbps).toBeLessThan(available + 4);
    expect(found.lowestCongestedMbps).toBeGreaterThan(available - 4);
    expect(found.lowestCongestedMbps).toBeLessThan(available + 4);
  }
});

it('says nothing of an end without trains', () => {
  expect(new SelfInducedCongestion().estimate(0)).toEqual({ trains: 0 });
  expect(trains(200, 0).estimate(0).lowestCongestedMbps).toBeUndefined();
});

it('takes packets with one departure as one, so that bursts are no trains', () => {
  const sic = new SelfInducedCongestion();
  for (let k = 0; k < 500; k += 1)
    sic.packet({
      departureNs: 1e9 + Math.floor(k / 10) * 1e7,
      arrivalNs: 2e9 + k * 1e6,
      bytes: 1500,
      isAfterGap: false,
    });
  expect(sic.estimate(0).trains).toBeLessThanOrEqual(1);
});

describe('the trend of a train', () => {
  it.each([
    ['rising', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['flat', [5, 4, 5, 6, 5, 4, 5, 4, 5]],
    ['flat', [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['flat', [5, 5, 5, 5, 5, 5, 5]],
  ])('is %s for %j', (trend, delays) => {
    expect(trainTrend(Float64Array.from(delays))).toBe(trend);
  });
});
