import { expect, it } from 'vitest';
import { nearest } from '../../../schema/validate/edit-distance.js';

it.each([
  ['membres', ['members', 'memory'], 'members'],
  ['initalHost', ['initialHost', 'pin'], 'initialHost'],
  ['lna', ['lan', 'wan'], 'lan'],
  ['Proxy', ['proxy'], 'proxy'],
  ['size', ['memory', 'compute'], undefined],
  ['x', [], undefined],
  ['m'.repeat(100_000), ['members'], undefined],
])('for %s of %j guesses %s', (written, names, guess) => {
  expect(nearest(written, names)).toBe(guess);
});
