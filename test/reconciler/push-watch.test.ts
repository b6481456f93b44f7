import { expect, it } from 'vitest';
import { PushWatch } from '../../reconciler/push-watch.js';

it('measures from when a commit was first seen to the first pass with nothing to do for it', () => {
  const watch = new PushWatch();
  watch.moved('a', 1000);
  watch.moved('a', 1500);
  expect(watch.passEnded('a', 'applied', 2000)).toBeNull();
  expect(watch.passEnded('a', 'converged', 2600)).toBe(1600);
  expect(watch.passEnded('a', 'converged', 9000)).toBeNull();
});

it('keeps what was seen during a pass by an older commit', () => {
  const watch = new PushWatch();
  watch.moved('b', 1000);
  expect(watch.passEnded('a', 'converged', 1200)).toBeNull();
  expect(watch.passEnded('b', 'converged', 1800)).toBe(800);
});

it('forgets what was superseded, and does not grow', () => {
  const watch = new PushWatch();
  watch.moved('a', 0);
  watch.moved('b', 100);
  expect(watch.passEnded('b', 'converged', 300)).toBe(200);
  expect(watch.passEnded('a', 'converged', 400)).toBeNull();
  for (let i = 0; i < 500; i++) watch.moved(`c${i}`, 1000);
  expect(watch.passEnded('c0', 'converged', 2000)).toBeNull();
  expect(watch.passEnded('c499', 'converged', 2000)).toBe(1000);
});

it('knows nothing of passes without a plan', () => {
  const watch = new PushWatch();
  watch.moved('a', 0);
  expect(watch.passEnded(undefined, 'refused', 10)).toBeNull();
});
