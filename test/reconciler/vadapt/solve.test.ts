import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FastPathConstraint, Problem, Solution } from '../../../reconciler/model/problem.js';
import { evaluate } from '../../../reconciler/vadapt/evaluate.js';
import { solve } from '../../../reconciler/vadapt/solve.js';
import { randomProblem } from './instances.js';
import { breaches, bruteForce, isClearlyBetter, referenceScore } from './reference.js';

const algorithms = ['greedy-pairs', 'greedy-order', 'annealing', 'genetic', 'engine'] as const;

const constraint: fc.Arbitrary<FastPathConstraint | null> = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constant('count' as const), links: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('intensity-share' as const), share: fc.constantFrom(0, 0.2, 0.5, 1) }),
  fc.record({ kind: fc.constant('bandwidth' as const), mbps: fc.integer({ min: 0, max: 150 }) }),
);
const objective = fc.record({
  level: fc.constantFrom('path' as const, 'edge' as const),
  goal: fc.constantFrom('maximise' as const, 'minimise' as const),
});
const problems = (hosts: number, vms: number, demands: number): fc.Arbitrary<Problem> =>
  fc
    .tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 2, max: vms }), objective, constraint)
    .map(([seed, count, goal, c]) => randomProblem(seed, { hosts, vms: count, demands, objective: goal, fastPath: c }));

const solutionsOf = (problem: Problem, iterations: number) =>
  algorithms.map((algorithm) => solve(problem, { algorithm, seed: 7, iterations }));
const asScore = ({ unmetMbps, value }: Solution['bound']) => ({ unmetMbps, values: [value] });
const found = (solutions: ReturnType<typeof solutionsOf>) =>
  solutions.filter((solution): solution is Solution => !('kind' in solution));

describe('every solution', () => {
  it('keeps all constraints and has the score the definitions give', () => {
    let checked = 0;
    fc.assert(
      fc.property(problems(8, 10, 14), (problem) => {
        for (const solution of found(solutionsOf(problem, 400))) {
          expect(breaches(problem, solution)).toEqual([]);
          const reference = referenceScore(problem, solution.paths);
          expect(solution.score.unmetMbps).toBeCloseTo(reference.unmetMbps, 6);
          expect(solution.score.values[0]).toBeCloseTo(reference.values[0] as number, 6);
          expect(evaluate(problem, solution.mapping, solution.paths)).toEqual(solution.score);
          expect(isClearlyBetter(problem.objective, solution.score, asScore(solution.bound))).toBe(false);
          checked++;
        }
      }),
      { seed: 14, numRuns: 150 },
    );
    expect(checked).toBeGreaterThan(300);
  });

  it('of the engine is never worse than either greedy one', () => {
    fc.assert(
      fc.property(problems(6, 8, 10), (problem) => {
        const solutions = solutionsOf(problem, 200);
        const engine = solutions.at(-1);
        if (engine === undefined || 'kind' in engine) return;
        for (const greedy of found(solutions.slice(0, 2)))
          expect(isClearlyBetter(problem.objective, greedy.score, engine.score)).toBe(false);
      }),
      { seed: 15, numRuns: 150 },
    );
  });

  it('is the same whenever it is solved again', () => {
    fc.assert(
      fc.property(problems(6, 8, 10), (problem) => {
        const again = structuredClone(problem);
        expect(JSON.stringify(solutionsOf(again, 300))).toBe(JSON.stringify(solutionsOf(problem, 300)));
      }),
      { seed: 16, numRuns: 40 },
    );
  });
});

describe('against brute force', () => {
  it('is feasible exactly if anything is, never better than the optimum, and the bound is not either', () => {
    fc.assert(
      fc.property(problems(4, 4, 3), (problem) => {
        const optimum = bruteForce(problem);
        for (const solution of solutionsOf(problem, 300)) {
          expect('kind' in solution).toBe(optimum === null);
          if (optimum === null || 'kind' in solution) continue;
          expect(isClearlyBetter(problem.objective, solution.score, optimum)).toBe(false);
          expect(isClearlyBetter(problem.objective, optimum, asScore(solution.bound))).toBe(false);
        }
      }),
      { seed: 17, numRuns: 60 },
    );
  });

  it('counts the optima that each algorithm finds', () => {
    const optima: Record<string, number> = {
      feasible: 0,
      'greedy-pairs': 0,
      'greedy-order': 0,
      annealing: 0,
      genetic: 0,
      engine: 0,
    };
    for (let seed = 1; seed <= 30; seed++) {
      const problem = randomProblem(seed, { hosts: 4, vms: 3 + (seed % 2), demands: 4 });
      const optimum = bruteForce(problem);
      if (optimum === null) continue;
      optima.feasible = (optima.feasible ?? 0) + 1;
      for (const algorithm of algorithms) {
        const solution = solve(problem, { algorithm, seed, iterations: 5000 });
        if (!('kind' in solution) && !isClearlyBetter(problem.objective, optimum, solution.score))
          optima[algorithm] = (optima[algorithm] ?? 0) + 1;
      }
    }
    expect(optima).toEqual({
      feasible: 27,
      'greedy-pairs': 5,
      'greedy-order': 3,
      annealing: 23,
      genetic: 23,
      engine: 27,
    });
  });
});

describe('a problem that has nothing to choose', () => {
  const problem = randomProblem(3, { hosts: 3, vms: 2, demands: 0 });

  it.each(algorithms)('%s leaves VMs that do not talk where they run', (algorithm) => {
    const vms = problem.vms.map((vm, place) => ({
      ...vm,
      computeCores: 0,
      memoryMib: 0,
      current: place + 1,
      allowed: [0, 1, 2],
    }));
    const solution = solve({ ...problem, vms }, { algorithm, seed: 1, iterations: 500 });
    expect(solution).toMatchObject({ mapping: [1, 2], paths: [], score: { unmetMbps: 0, values: [0] } });
  });

  it.each(algorithms)('%s solves a problem without VMs', (algorithm) => {
    const solution = solve({ ...problem, vms: [] }, { algorithm, seed: 1, iterations: 500 });
    expect(solution).toMatchObject({ mapping: [], paths: [] });
  });
});
