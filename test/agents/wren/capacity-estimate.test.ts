import { expect, it } from 'vitest';
import { CapacityEstimate } from '../../../agents/wren/capacity-estimate.js';
import { SeededNoise } from './seeded-noise.js';

const bits = 12_000;
const servingNs = 120_000; // 100 Mb/s

/** Runs of packets that left together; `extraNs` is what else lies between two arrivals. */
function learn(extraNs: (index: number, noise: SeededNoise) => number, share = 0.01): CapacityEstimate {
  const noise = new SeededNoise(5);
  const capacity = new CapacityEstimate();
  let atNs = 0;
  for (let run = 0; run < 60; run += 1) {
    atNs += 2e7;
    capacity.gap();
    for (let k = 0; k < 20; k += 1) {
      const arrivingNs = servingNs + extraNs(run * 20 + k, noise);
      atNs += arrivingNs;
      capacity.add({ atNs, bits, departingNs: share * arrivingNs, arrivingNs, isTogether: true });
    }
  }
  capacity.refresh(atNs, 0);
  return capacity;
}

const mbps = ({ current }: CapacityEstimate): number => (current?.bitsPerNs ?? Number.NaN) * 1000;

it('is what spaces packets that left together, in spite of noise', () => {
  const capacity = learn((_, noise) => (noise.uniform() - 0.5) * 40_000);
  expect(mbps(capacity)).toBeCloseTo(100, 0);
  expect(capacity.current).toMatchObject({ isFirm: true, isOneLink: true });
});

it('is not moved by a stall in every fourth run', () => {
  const capacity = learn((index) => (index % 80 === 17 ? 5e6 : 0));
  expect(Math.abs(mbps(capacity) - 100)).toBeLessThan(0.5);
  expect(capacity.current?.isFirm).toBe(true);
});

it('is not firm where something else spaces packets as well', () => {
  const capacity = learn((_, noise) => (noise.uniform() < 0.5 ? 0 : 4 * servingNs * noise.uniform()));
  expect(capacity.current).not.toMatchObject({ isFirm: true });
  expect(capacity.current?.isOneLink ?? false).toBe(false);
});

it('is unknown before enough was seen', () => {
  const capacity = new CapacityEstimate();
  capacity.add({ atNs: 1e6, bits, departingNs: 0, arrivingNs: servingNs, isTogether: true });
  capacity.refresh(1e9, 0);
  expect(capacity.current).toBeUndefined();
});
