import { expect, it } from 'vitest';
import { RunStart } from '../../../agents/wren/run-start.js';

it('leaves out what left in the first moment of a run, whatever was in it', () => {
  const start = new RunStart();
  expect([0, 1e5, 1e5, 0, 1.5e5, 0, 1e5].map((departingNs) => start.isOver(departingNs))).toEqual([
    ...[false, false, false, false],
    ...[true, true, true],
  ]);
});

it('begins anew with each run, and takes a long first gap at once', () => {
  const start = new RunStart();
  start.isOver(1e6);
  start.gap();
  expect(start.isOver(1e5)).toBe(false);
  start.gap();
  expect(start.isOver(1e6)).toBe(true);
});
