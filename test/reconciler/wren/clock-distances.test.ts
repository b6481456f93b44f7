import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bound, consistent, mostAbove, turned } from '../../../reconciler/wren/clock-distances.js';

const names = ['a', 'b', 'c', 'd', 'e'];

/** True values, and bounds on their differences that are off by some slack. */
const worlds = fc.record({
  values: fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 5, maxLength: 5 }),
  bounds: fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(1000)), { maxLength: 20 }),
});

const boundsOf = ({ values, bounds }: typeof worlds extends fc.Arbitrary<infer World> ? World : never): Bound[] =>
  bounds
    .filter(([a, b]) => a !== b)
    .map(([a, b, slack]) => {
      const most = (values[b] ?? 0) - (values[a] ?? 0) + slack;
      return { from: names[a] ?? '', to: names[b] ?? '', most };
    });

describe('bounds on differences', () => {
  it('never exclude what is true, and are never wider than any chain of them', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const bounds = boundsOf(world);
        const truth = (name: string) => world.values[names.indexOf(name)] ?? Number.NaN;
        const most = mostAbove('a', bounds);
        const least = mostAbove('a', turned(bounds));
        for (const [name, above] of most ?? []) expect(truth(name) - truth('a')).toBeLessThanOrEqual(above + 0.01);
        for (const [name, below] of least ?? []) expect(truth('a') - truth(name)).toBeLessThanOrEqual(below + 0.01);
        for (const { from, to, most: over } of bounds) {
          const start = most?.get(from);
          if (start !== undefined) expect(most?.get(to)).toBeLessThanOrEqual(start + over + 0.01);
        }
        expect(consistent(bounds)).toEqual(bounds);
      }),
      { seed: 70, numRuns: 500 },
    );
  });

  it('that contradict one another say nothing, and are consistent without the value that makes them so', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const bounds = boundsOf(world);
        const all = names.slice(0, 4).flatMap((from) =>
          names.slice(0, 4).map((to) => ({
            from,
            to,
            most: (world.values[names.indexOf(to)] ?? 0) - (world.values[names.indexOf(from)] ?? 0),
          })),
        );
        const honest = [
          ...bounds.filter(({ from, to }) => from !== 'e' && to !== 'e'),
          ...all.filter(({ from, to }) => from !== to),
        ];
        const lie = [
          { from: 'e', to: 'a', most: 0 },
          { from: 'a', to: 'b', most: (world.values[1] ?? 0) - (world.values[0] ?? 0) },
          { from: 'b', to: 'e', most: -((world.values[1] ?? 0) - (world.values[0] ?? 0)) - 5 },
        ];
        expect(mostAbove('a', [...honest, ...lie])).toBeNull();
        expect(consistent([...honest, ...lie]).some(({ from, to }) => from === 'e' || to === 'e')).toBe(false);
      }),
      { seed: 71, numRuns: 200 },
    );
  });
});
