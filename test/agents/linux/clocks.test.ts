import { expect, it } from 'vitest';
import { readClocks } from '../../../agents/linux/clocks.js';

it.runIf(process.platform === 'linux')('reads both clocks at one moment', () => {
  const beforeUs = Number(process.hrtime.bigint()) / 1000;
  const [a, b] = [readClocks(), readClocks()];
  const afterUs = Number(process.hrtime.bigint()) / 1000;
  expect(a.monotonicUs).toBeGreaterThanOrEqual(beforeUs);
  expect(b.monotonicUs).toBeGreaterThanOrEqual(a.monotonicUs);
  expect(b.monotonicUs).toBeLessThanOrEqual(afterUs);
  const realtimeUs = a.monotonicUs + a.realtimeAheadUs;
  expect(Math.abs(realtimeUs - Date.now() * 1000)).toBeLessThan(1e6);
});
