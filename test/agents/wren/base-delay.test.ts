import { expect, it } from 'vitest';
import { BaseDelay } from '../../../agents/wren/base-delay.js';
import { SeededNoise } from './seeded-noise.js';

/** Delays of 10 ms and a queue, on clocks that drift apart; returns by how much the last excess is wrong at worst. */
function worstError(base: BaseDelay, driftPpm: number, fromSeconds: number): number {
  const noise = new SeededNoise(2);
  let worst = 0;
  for (let atNs = 1e9; atNs < 60e9; atNs += 2e6) {
    const queueNs = Math.max(0, noise.exponential(5e6) - 2e6);
    const excess = base.excessNs(atNs, 1e7 + queueNs + (atNs * driftPpm) / 1e6);
    if (atNs > fromSeconds * 1e9) worst = Math.max(worst, Math.abs(excess - queueNs));
  }
  return worst;
}

it('tells the queue apart from the drift of two clocks', () => {
  for (const driftPpm of [-80, -5, 0, 5, 80]) expect(worstError(new BaseDelay(true), driftPpm, 10)).toBeLessThan(6e4);
});

it('does not look for drift on one clock', () => {
  expect(worstError(new BaseDelay(false), 0, 2)).toBeLessThan(1);
  expect(worstError(new BaseDelay(false), 80, 30)).toBeGreaterThan(5e5);
});

it('falls at once, and rises when what held it down is half a minute old', () => {
  const base = new BaseDelay(false);
  base.excessNs(1e9, 5e6);
  expect(base.excessNs(1.1e9, 4e6)).toBe(0);
  let risen = 0;
  for (let atNs = 2e9; atNs < 50e9; atNs += 1e8) {
    const excess = base.excessNs(atNs, 9e6);
    if (excess === 0 && risen === 0) risen = atNs;
    else if (risen === 0) expect(excess).toBe(5e6);
  }
  expect(risen / 1e9).toBeGreaterThan(29);
  expect(risen / 1e9).toBeLessThan(34);
});

it('remembers the smallest delay of the last minute', () => {
  const base = new BaseDelay(true);
  expect(base.minimumNs(1e9)).toBeUndefined();
  base.excessNs(1e9, 5e6);
  base.excessNs(20e9, 7e6);
  expect(base.minimumNs(21e9)).toBe(5e6);
  expect(base.minimumNs(70e9)).toBe(7e6);
  expect(base.minimumNs(200e9)).toBeUndefined();
});
