import { expect, it } from 'vitest';
import { BurstSlots } from '../../../agents/wren/burst-slots.js';
import { SeededNoise } from './seeded-noise.js';

const bitsPerNs = 0.1;
const packetBits = 12_000;
const secondNs = 1e9;

/** Standard deviation that is found after so long of cross traffic, whose rate at a time is given in bits a ns. */
function deviation(rateAt: (ns: number, noise: SeededNoise) => number, seconds = 12): number {
  const noise = new SeededNoise(3);
  const slots = new BurstSlots();
  const stepNs = 5e5;
  for (let atNs = 0; atNs < seconds * secondNs; atNs += stepNs) {
    // Busy for a third of the time, in pieces of 100 ms.
    if (Math.floor(atNs / 1e8) % 3 > 0) continue;
    const cross = rateAt(atNs, noise) * stepNs;
    slots.add(atNs, packetBits, (packetBits + cross) / bitsPerNs, stepNs);
  }
  return Math.sqrt(slots.variance(seconds * secondNs, bitsPerNs));
}

/** Packets that come one by one. */
const poisson = (rate: number, noise: SeededNoise): number => {
  const mean = (rate * 5e5) / packetBits;
  let [count, product] = [-1, 1];
  while (product > Math.exp(-mean)) {
    product *= noise.uniform();
    count += 1;
  }
  return (count * packetBits) / 5e5;
};

it('is none where cross traffic is steady, or comes packet by packet', () => {
  expect(deviation(() => 0.06)).toBe(0);
  expect(deviation((_, noise) => poisson(0.06, noise))).toBeLessThan(0.006);
});

it('is next to none for a step: that is no burst', () => {
  expect(deviation((ns) => (ns < 6 * secondNs ? 0.03 : 0.06))).toBeLessThan(0.008);
});

it('is next to none for steps up and down, whenever one asks', () => {
  const steps = (ns: number): number => (Math.floor(ns / (12 * secondNs)) % 2 === 0 ? 0.03 : 0.06);
  for (const seconds of [13, 14.3, 20, 25, 25.5, 29]) expect(deviation(steps, seconds)).toBeLessThan(0.003);
});

it('is that of bursts of some 50 ms', () => {
  const found = deviation((ns) => (Math.floor(ns / 5e7) % 2 === 0 ? 0.06 : 0));
  expect(found).toBeGreaterThan(0.02);
  expect(found).toBeLessThan(0.05);
});

it('is about the same from one moment to the next', () => {
  const bursts = (ns: number): number => (Math.floor(ns / 7e7) % 3 === 0 ? 0.06 : 0);
  const found = [20, 20.5, 21, 21.5, 22].map((seconds) => deviation(bursts, seconds));
  expect(Math.max(...found) - Math.min(...found)).toBeLessThan(0.1 * Math.max(...found));
});

it('needs more than a moment', () => {
  expect(deviation((ns) => (Math.floor(ns / 5e7) % 2 === 0 ? 0.06 : 0), 0.05)).toBe(0);
});
