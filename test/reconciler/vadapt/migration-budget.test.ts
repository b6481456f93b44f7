import { describe, expect, it } from 'vitest';
import type { Problem, Solution } from '../../../reconciler/model/problem.js';
import { solve } from '../../../reconciler/vadapt/solve.js';
import { fig14SharedWan } from './instances.js';

const options = { algorithm: 'engine', iterations: 20_000 } as const;

function solved(problem: Problem, seed: number): Solution {
  const solution = solve(problem, { ...options, seed });
  if ('kind' in solution) throw new Error(solution.message);
  return solution;
}

/** The problem with its VMs running on these hosts. */
function runningOn(hosts: number[], maxMigrations: number): Problem {
  const problem = fig14SharedWan();
  return { ...problem, maxMigrations, vms: problem.vms.map((vm, index) => ({ ...vm, current: hosts[index] ?? null })) };
}

const moved = (problem: Problem, { mapping }: Solution) =>
  problem.vms.filter(({ current }, vm) => current !== null && current !== mapping[vm]).length;

describe('a budget of migrations', () => {
  it.each([0, 1, 2, 3, 4])('of %i is kept, and more of it is never worse', (maxMigrations) => {
    for (let seed = 1; seed <= 5; seed++) {
      const problem = runningOn([1, 2, 4, 5], maxMigrations);
      const solution = solved(problem, seed);
      expect(moved(problem, solution)).toBeLessThanOrEqual(maxMigrations);
      const less = solved(runningOn([1, 2, 4, 5], Math.max(0, maxMigrations - 1)), seed);
      expect(solution.score.unmetMbps).toBeLessThanOrEqual(less.score.unmetMbps + 1e-6);
    }
  });

  it('finds the better placement that the budget allows, not only the best of all', () => {
    // The three that talk much are apart, and three moves would be needed to bring them to the fast domain.
    const kept = solved(runningOn([1, 2, 4, 5], 0), 1);
    const some = solved(runningOn([1, 2, 4, 5], 1), 1);
    expect(some.score.unmetMbps).toBeLessThan(kept.score.unmetMbps - 50);
  });

  it('is exceeded only as far as VMs have to leave where they are', () => {
    const problem = runningOn([1, 2, 4, 5], 0);
    const vms = problem.vms.map((vm, index) => (index === 0 ? { ...vm, allowed: [0] } : vm));
    const solution = solved({ ...problem, vms }, 1);
    expect(solution.mapping).toEqual([0, 2, 4, 5]);
  });
});
