import { describe, expect, it } from 'vitest';
import { measuredPattern, type PatternShape, syntheticPattern } from '../../../agents/emulated/patterns.js';

const degrees = (shape: PatternShape, size: number) => {
  const { edges } = syntheticPattern(shape, size);
  return Array.from({ length: size }, (_, place) => edges.filter(({ from }) => from === place).length);
};

describe('synthetic patterns', () => {
  it('have the degrees that their names promise', () => {
    expect(degrees('ring', 5)).toEqual([2, 2, 2, 2, 2]);
    expect(degrees('bus', 5)).toEqual([1, 2, 2, 2, 1]);
    expect(degrees('star', 5)).toEqual([4, 1, 1, 1, 1]);
    expect(degrees('all-to-all', 5)).toEqual([4, 4, 4, 4, 4]);
    expect(degrees('tree', 7)).toEqual([2, 3, 3, 1, 1, 1, 1]);
    expect(degrees('mesh', 9)).toEqual([2, 3, 2, 3, 4, 3, 2, 3, 2]);
    expect(degrees('torus', 9)).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 4]);
  });

  it('go both ways, list no pair twice and nobody with itself, at every size', () => {
    for (const shape of ['ring', 'bus', 'mesh', 'torus', 'star', 'all-to-all', 'tree'] as const) {
      for (let size = 2; size <= 12; size++) {
        const names = syntheticPattern(shape, size).edges.map(({ from, to }) => `${from} ${to}`);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) {
          const [from, to] = name.split(' ');
          expect(from).not.toBe(to);
          expect(names).toContain(`${to} ${from}`);
        }
      }
    }
  });
});

it('measured patterns are relative to the heaviest pair and leave out the diagonal', () => {
  const pattern = measuredPattern([
    [900, 40, 0],
    [20, 900, 0],
    [10, 0, 900],
  ]);
  expect(pattern).toEqual({
    size: 3,
    edges: [
      { from: 0, to: 1, weight: 1 },
      { from: 1, to: 0, weight: 0.5 },
      { from: 2, to: 0, weight: 0.25 },
    ],
  });
});
