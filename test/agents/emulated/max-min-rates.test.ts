import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxMinRates } from '../../../agents/emulated/max-min-rates.js';

interface Sharing {
  capacities: number[];
  flows: { demand: number; uses: number[] }[];
}

const sharings: fc.Arbitrary<Sharing> = fc.integer({ min: 1, max: 8 }).chain((resources) =>
  fc.record({
    capacities: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: resources, maxLength: resources }),
    flows: fc.array(
      fc.record({
        demand: fc.integer({ min: 0, max: 60 }),
        uses: fc.array(fc.nat(resources - 1), { maxLength: 5 }),
      }),
      { maxLength: 12 },
    ),
  }),
);

const rated = ({ capacities, flows }: Sharing): number[] =>
  Array.from(
    maxMinRates(
      flows.map(({ demand }) => demand),
      flows.map(({ uses }) => uses),
      capacities,
    ),
  );

const load = ({ flows }: Sharing, rates: number[], resource: number): number =>
  flows.reduce((sum, { uses }, i) => sum + (rates[i] ?? 0) * uses.filter((each) => each === resource).length, 0);

describe('max-min rates', () => {
  it('divide a line as textbooks do', () => {
    // One long flow over three links, one short flow on each.
    const uses = [[0, 1, 2], [0], [1], [2]];
    expect([...maxMinRates([100, 100, 100, 100], uses, [10, 4, 12])]).toEqual([2, 8, 2, 10]);
  });

  it('leave to others what a small demand does not take', () => {
    expect([...maxMinRates([1, 9, 9], [[0], [0], [0]], [10])]).toEqual([1, 4.5, 4.5]);
  });

  it('charge a flow for each time it crosses a resource', () => {
    expect([...maxMinRates([9, 9], [[0, 0], [0]], [9])]).toEqual([3, 3]);
  });

  it('give a flow that uses nothing its demand, and one through a resource without capacity nothing', () => {
    expect([...maxMinRates([5, 5], [[], [0]], [0])]).toEqual([5, 0]);
  });

  it('never overload a resource, and each flow has its demand or a full resource where none gets more', () => {
    fc.assert(
      fc.property(sharings, (sharing) => {
        const rates = rated(sharing);
        const { capacities, flows } = sharing;
        capacities.forEach((capacity, resource) => {
          expect(load(sharing, rates, resource)).toBeLessThanOrEqual(capacity + 1e-9);
        });
        flows.forEach(({ demand, uses }, i) => {
          const rate = rates[i] ?? Number.NaN;
          expect(rate).toBeLessThanOrEqual(demand);
          if (rate === demand) return;
          const isBottleneck = (resource: number) =>
            load(sharing, rates, resource) >= (capacities[resource] ?? 0) - 1e-9 &&
            flows.every((other, j) => !other.uses.includes(resource) || (rates[j] ?? 0) <= rate + 1e-9);
          expect(uses.some(isBottleneck)).toBe(true);
        });
      }),
      { seed: 14, numRuns: 2000 },
    );
  });
});
