import { expect, it } from 'vitest';
import { FullTime } from '../../../agents/wren/full-time.js';

it('adds up what came through while the queue was full, since a time of the last 12 s', () => {
  const full = new FullTime();
  expect(full.since(0)).toEqual({ timeNs: 0, bits: 0 });
  full.add(1.05e9, 4e6, 12_000);
  full.add(1.06e9, 5e6, 12_000);
  full.add(8e9, 1e6, 800);
  expect(full.since(0)).toEqual({ timeNs: 10e6, bits: 24_800 });
  expect(full.since(5e9)).toEqual({ timeNs: 1e6, bits: 800 });
  full.add(1.05e9 + 12.8e9, 2e6, 500);
  expect(full.since(0)).toEqual({ timeNs: 3e6, bits: 1300 });
});
