import { expect, it } from 'vitest';
import { settledMs, visibleMs } from '../../../bench/wren/step-figures.js';

/** Estimates once a second from the step on, of a path whose available bandwidth falls from 70 to 40 Mb/s. */
const told = (...mbps: (number | undefined)[]) => mbps.map((each, index) => ({ afterMs: index * 1000, mbps: each }));
const near = (count: number): number[] => Array.from({ length: count }, () => 41);

it('a step is settled from the first estimate on after which hardly any strays', () => {
  expect(settledMs(told(70, 60, ...near(10)), 40)).toBe(2000);
  expect(settledMs(told(70, 38, 50, ...near(10)), 40)).toBe(3000);
  expect(settledMs(told(70, undefined, ...near(10)), 40)).toBe(2000);
  expect(settledMs(told(...Array(12).fill(70)), 40)).toBe(Number.POSITIVE_INFINITY);
});

it('one in ten of all runs may stray after that, but none at once', () => {
  const steady = told(70, 70, ...near(12));
  const late = told(70, 70, ...near(9), 46, 41, 41);
  expect(settledMs([...steady, ...late], 40)).toBe(2000);
  expect(settledMs([...steady, ...told(70, 70, 41, 46, ...near(10))], 40)).toBe(4000);
  expect(settledMs(told(70, ...near(5), 46, 46, ...near(4)), 40)).toBe(8000);
});

it('a step is visible when it is in every run', () => {
  const quick = told(70, 60, ...near(5));
  const slow = told(70, 69, undefined, 55, ...near(5));
  expect(visibleMs([quick], 70, 40)).toBe(1000);
  expect(visibleMs([quick, slow], 70, 40)).toBe(3000);
  expect(visibleMs([quick, told(70, 70, 70)], 70, 40)).toBe(Number.POSITIVE_INFINITY);
});
