import { describe, expect, it } from 'vitest';
import { compareRanks } from '../../../../reconciler/vadapt/objective/compare.js';

const ranks = [{ goal: 'maximise' }, { goal: 'minimise' }] as const;

describe('compareRanks', () => {
  it('decides by the first rank that differs, in the direction of its goal', () => {
    expect(compareRanks(ranks, [2, 9], [1, 0])).toBeGreaterThan(0);
    expect(compareRanks(ranks, [1, 0], [2, 9])).toBeLessThan(0);
    expect(compareRanks(ranks, [1, 3], [1, 4])).toBeGreaterThan(0);
    expect(compareRanks(ranks, [1, 4], [1, 4])).toBe(0);
  });

  it('takes what only rounding tells apart for equal', () => {
    expect(compareRanks(ranks, [0.1 + 0.2, 4], [0.3, 3])).toBeLessThan(0);
    expect(compareRanks(ranks, [1e12 + 1, 4], [1e12, 3])).toBeLessThan(0);
    expect(compareRanks(ranks, [1e-3, 4], [0, 3])).toBeGreaterThan(0);
  });
});
