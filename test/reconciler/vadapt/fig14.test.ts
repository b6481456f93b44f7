import { describe, expect, it } from 'vitest';
import type { Problem, Solution } from '../../../reconciler/model/problem.js';
import { solve } from '../../../reconciler/vadapt/solve.js';
import { fig14IndependentEdges, fig14SharedWan } from './instances.js';
import { breaches } from './reference.js';

const iterations = 20_000;
const domainOf = (host: number | undefined) => (host !== undefined && host >= 3 ? 2 : 1);
const domains = (mapping: readonly number[]) => mapping.map(domainOf);

function solved(problem: Problem, algorithm: 'greedy-pairs' | 'greedy-order' | 'engine', seed = 1): Solution {
  const solution = solve(problem, { algorithm, seed, iterations });
  if ('kind' in solution) throw new Error(solution.message);
  expect(breaches(problem, solution)).toEqual([]);
  return solution;
}

describe('Fig. 14, every edge with a capacity of its own', () => {
  it('has 36 feasible mappings of 360, 18 of them optimal, all with VMs 1 to 3 in domain 2', () => {
    const problem = fig14IndependentEdges();
    const hosts = [0, 1, 2, 3, 4, 5];
    const tuples = hosts.flatMap((a) => hosts.flatMap((b) => hosts.flatMap((c) => hosts.map((d) => [a, b, c, d]))));
    const mappings = tuples.filter((mapping) => new Set(mapping).size === 4);
    const solutions = mappings.map((mapping) => {
      const pinned = problem.vms.map((vm, place) => ({ ...vm, allowed: [mapping[place] as number] }));
      return solved({ ...problem, vms: pinned }, 'greedy-order');
    });
    const feasible = solutions.filter(({ score }) => score.unmetMbps < 1e-6);
    const most = Math.max(...feasible.map(({ score }) => score.values[0] as number));
    const optimal = feasible.filter(({ score }) => (score.values[0] as number) > most - 1e-6);
    expect([mappings.length, feasible.length, optimal.length]).toEqual([360, 36, 18]);
    // Each heavy demand leaves 1000 - 50, each light one 10 - 5: no path can leave more between these domains.
    expect(most).toBeCloseTo(6 * 950 + 6 * 5);
    for (const { mapping } of optimal) expect(domains(mapping)).toEqual([2, 2, 2, 1]);
  });

  it.each(['greedy-order', 'engine'] as const)('%s finds an optimum', (algorithm) => {
    const { mapping, score } = solved(fig14IndependentEdges(), algorithm);
    expect(score).toEqual({ unmetMbps: 0, values: [5730] });
    expect(domains(mapping)).toEqual([2, 2, 2, 1]);
  });
});

describe('Fig. 14, all edges between the domains over one WAN', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

  it.each(seeds)(
    'the engine puts VMs 1 to 3 into domain 2 and VM 4 into domain 1 by two migrations, seed %i',
    (seed) => {
      const problem = fig14SharedWan();
      const { mapping, score } = solved(problem, 'engine', seed);
      expect(domains(mapping)).toEqual([2, 2, 2, 1]);
      expect(mapping.filter((host, vm) => host !== problem.vms[vm]?.current)).toHaveLength(2);
      // 15 Mb/s want to cross the WAN of 10 in each direction; a heavy VM's interface has 1000 - 50 - 50 - 5 left.
      expect(score.unmetMbps).toBeCloseTo(10);
      expect(score.values[0]).toBeCloseTo(6 * 895);
    },
  );

  it('stays where it is once it is there', () => {
    const problem = fig14SharedWan();
    const first = solved(problem, 'engine');
    const settled = problem.vms.map((vm, place) => ({ ...vm, current: first.mapping[place] as number }));
    for (const seed of seeds.slice(0, 3))
      expect(solved({ ...problem, vms: settled }, 'engine', seed).mapping).toEqual(first.mapping);
  });

  it.each(['count', 'intensity-share', 'bandwidth'] as const)(
    'rides the star where constraint c (%s) leaves nothing',
    (kind) => {
      const fastPath = { kind, links: 0, share: 0, mbps: 0 } as NonNullable<Problem['fastPath']>;
      const problem = { ...fig14SharedWan(), fastPath };
      for (const algorithm of ['greedy-pairs', 'greedy-order', 'engine'] as const) {
        const { mapping, paths } = solved(problem, algorithm);
        for (const path of paths) expect(path.length === 2 ? path : [path[1], path[1]]).toContain(0);
        expect(mapping).toHaveLength(4);
      }
    },
  );
});
