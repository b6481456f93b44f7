import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { annealAssignment } from '../../../../reconciler/vadapt/assignment/anneal-assignment.js';
import { Assigned } from '../../../../reconciler/vadapt/assignment/assigned.js';
import { breedAssignments } from '../../../../reconciler/vadapt/assignment/breed-assignments.js';
import {
  costOf,
  type QuadraticAssignment,
  symmetrised,
} from '../../../../reconciler/vadapt/assignment/quadratic-assignment.js';

type Form = 'symmetric' | 'half' | 'asymmetric';

const matrix = (size: number, isSymmetric: boolean): fc.Arbitrary<Float64Array> =>
  fc.array(fc.integer({ min: 0, max: 20 }), { minLength: size * size, maxLength: size * size }).map((values) =>
    Float64Array.from(values, (value, place) => {
      const [row, column] = [Math.floor(place / size), place % size];
      return isSymmetric && column < row ? (values[column * size + row] as number) : value;
    }),
  );

const drawn = (form: Form, hasAlone = false): fc.Arbitrary<QuadraticAssignment> =>
  fc.integer({ min: 2, max: 6 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      flows: matrix(size, form !== 'asymmetric'),
      distances: matrix(size, form === 'symmetric'),
      alone: hasAlone ? matrix(size, false) : fc.constant(null),
    }),
  );

function* permutations(size: number, head: number[] = []): Generator<number[]> {
  if (head.length === size) yield head;
  for (let place = 0; place < size; place++) if (!head.includes(place)) yield* permutations(size, [...head, place]);
}

const least = (problem: QuadraticAssignment) =>
  [...permutations(problem.size)].reduce((best, places) => Math.min(best, costOf(problem, places)), Infinity);

const identity = (size: number) => [...Array(size).keys()];

describe('assignments', () => {
  it.each(['symmetric', 'half', 'asymmetric'] as const)('cost what swaps were said to add: %s', (form) => {
    const isRight = (problem: QuadraticAssignment, swaps: [number, number][], keeps: boolean) => {
      const assigned = new Assigned(problem, identity(problem.size));
      if (keeps) assigned.keepDeltas();
      for (const [x, y] of swaps) {
        const [a, b] = [Math.min(x, y) % problem.size, Math.max(x, y) % problem.size].sort((p, q) => p - q);
        if (a === b) continue;
        assigned.swap(a as number, b as number);
        expect(assigned.cost).toBeCloseTo(costOf(problem, assigned.places), 6);
      }
    };
    const swaps = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { maxLength: 12 });
    fc.assert(fc.property(drawn(form, true), swaps, fc.boolean(), isRight), { seed: 21, numRuns: 200 });
  });

  it('cost the same when a matrix beside a symmetric one is made symmetric', () => {
    const isSame = (problem: QuadraticAssignment) => {
      const other = symmetrised(problem);
      for (const places of permutations(problem.size))
        expect(costOf(other, places)).toBeCloseTo(costOf(problem, places), 6);
    };
    fc.assert(fc.property(drawn('half'), isSame), { seed: 22, numRuns: 20 });
  });

  it.each(['symmetric', 'half', 'asymmetric'] as const)('are annealed to the best of all: %s', (form) => {
    const isBest = (drawnProblem: QuadraticAssignment, seed: number) => {
      const problem = symmetrised(drawnProblem);
      const calibration = { firstShare: 0.15, lastCount: 2 };
      const random = xoroshiro128plus(seed);
      const start = identity(problem.size);
      const { cost } = annealAssignment(problem, start, calibration, random, (steps) => steps / 9000);
      expect(cost).toBeCloseTo(least(drawnProblem), 6);
    };
    fc.assert(fc.property(drawn(form, true), fc.integer(), isBest), { seed: 23, numRuns: 25 });
  });

  it.each(['symmetric', 'half'] as const)('are bred to the best of all: %s', (form) => {
    const isBest = (drawnProblem: QuadraticAssignment, seed: number) => {
      const problem = symmetrised(drawnProblem);
      const { cost, places } = breedAssignments(problem, xoroshiro128plus(seed), (steps) => steps / 2000);
      expect(cost).toBeCloseTo(least(drawnProblem), 6);
      expect(costOf(drawnProblem, places)).toBeCloseTo(cost, 6);
    };
    fc.assert(fc.property(drawn(form), fc.integer(), isBest), { seed: 24, numRuns: 25 });
  });
});
