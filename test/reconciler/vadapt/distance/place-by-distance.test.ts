import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Infeasible, Problem, Solution } from '../../../../reconciler/model/problem.js';
import { distanceSolution } from '../../../../reconciler/vadapt/distance/distance-solution.js';
import { distanceLanes } from '../../../../reconciler/vadapt/distance/lanes.js';
import { placeByDistance } from '../../../../reconciler/vadapt/distance/place-by-distance.js';
import { compareRanks } from '../../../../reconciler/vadapt/objective/compare.js';
import { breaches, feasibleMappings, movedVms } from './brute-force.js';
import { drawnProblem, ranksOf } from './drawn.js';
import { fleet } from './fleet.js';

function solve(problem: Problem, iterations: number, seed = 1): Solution | Infeasible {
  const lanes = distanceLanes(problem, { seed, iterations });
  return distanceSolution(
    problem,
    lanes,
    lanes.map((lane) => placeByDistance(problem, lane)),
  );
}

/** What a mapping is worth, by the evaluation of whole configurations. */
function valued(problem: Problem, mapping: number[]): { unmetMbps: number; values: number[] } {
  const solution = distanceSolution(problem, [], [{ kind: 'placement', mapping, iterations: 0 }]);
  if ('kind' in solution) throw new Error(solution.message);
  return solution.score;
}

function isBetter({ objective }: Problem, a: ReturnType<typeof valued>, b: ReturnType<typeof valued>): boolean {
  if (a.unmetMbps !== b.unmetMbps) return a.unmetMbps < b.unmetMbps;
  return compareRanks(objective.ranks ?? [], a.values, b.values) > 0;
}

describe('placement by distance', () => {
  it('keeps every constraint, and finds a mapping wherever there is one', () => {
    const isKept = (problem: Problem) => {
      const solution = solve(problem, 400);
      if ('kind' in solution) expect(feasibleMappings(problem).next().done).toBe(true);
      else expect(breaches(problem, solution.mapping)).toEqual([]);
    };
    fc.assert(fc.property(drawnProblem, isKept), { seed: 11, numRuns: 250 });
  });

  it('finds nearly always the best mapping of small problems where nothing runs, and never passes its bound', () => {
    let [optimal, all] = [0, 0];
    const look = (drawn: Problem) => {
      const problem = { ...drawn, vms: drawn.vms.map((vm) => ({ ...vm, current: null })) };
      // Few enough that only the smallest are enumerated.
      const solution = solve(problem, 1000);
      if ('kind' in solution) return;
      const found = valued(problem, solution.mapping);
      const bests = [...feasibleMappings(problem)].map((mapping) => valued(problem, mapping));
      all++;
      if (!bests.some((other) => isBetter(problem, other, found))) optimal++;
      const isMaximised = problem.objective.ranks?.[0]?.goal === 'maximise';
      for (const { values } of bests)
        if (isMaximised) expect(values[0]).toBeLessThanOrEqual(solution.bound.value + 1e-6);
        else expect(values[0]).toBeGreaterThanOrEqual(solution.bound.value - 1e-6);
    };
    fc.assert(fc.property(drawnProblem, look), { seed: 12, numRuns: 120 });
    expect(optimal / all).toBeGreaterThan(0.95);
  });

  it('gives the same for the same seed and iterations', () => {
    const same = (problem: Problem, seed: number) => {
      expect(JSON.stringify(solve(problem, 500, seed))).toBe(JSON.stringify(solve(problem, 500, seed)));
    };
    fc.assert(fc.property(drawnProblem, fc.integer(), same), { seed: 13, numRuns: 50 });
  });

  it('fills hosts to the last core', () => {
    const problem = fleet({ hosts: 20, vms: 60, seed: 3, fill: 1 });
    const solution = solve(problem, 20_000);
    expect('kind' in solution ? solution.message : breaches(problem, solution.mapping)).toEqual([]);
  });

  it('moves as many VMs as the budget has, and no more', () => {
    const problem = fleet({ hosts: 40, vms: 160, seed: 4, fill: 0.6, isRunning: true });
    const before = valued(
      problem,
      problem.vms.map(({ current }) => current as number),
    ).values[0] as number;
    for (const moves of [0, 1, 7, 20]) {
      const solution = solve({ ...problem, migrationBudget: { moves } }, 100_000);
      if ('kind' in solution) throw new Error(solution.message);
      expect(movedVms(problem, solution.mapping)).toHaveLength(moves);
      if (moves > 0) expect(solution.score.values[0]).toBeLessThan(before);
    }
  });

  it('leaves nearly all VMs where they are after a small change', () => {
    const problem = fleet({ hosts: 40, vms: 160, seed: 5, fill: 0.6 });
    const first = solve(problem, 300_000);
    if ('kind' in first) throw new Error(first.message);
    const vms = problem.vms.map((vm, place) => ({ ...vm, current: first.mapping[place] as number }));
    const demands = problem.demands.map((demand, place) =>
      place % 100 === 0 ? { ...demand, rateMbps: 2 * demand.rateMbps } : demand,
    );
    const second = solve({ ...problem, vms, demands }, 300_000, 2);
    if ('kind' in second) throw new Error(second.message);
    expect(movedVms({ ...problem, vms }, second.mapping).length).toBeLessThan(0.02 * vms.length);
  });

  it('spreads load as evenly as it goes', () => {
    const ranks = ranksOf('deviation(computeUse)');
    const problem = fleet({ hosts: 10, vms: 80, seed: 6, fill: 0.5 });
    const solution = solve({ ...problem, objective: { level: 'path', goal: 'minimise', ranks } }, 100_000);
    if ('kind' in solution) throw new Error(solution.message);
    // All cores are whole, so that no host need be off the mean by more than one.
    expect(solution.score.values[0]).toBeLessThan(1 / 32);
  });
});
