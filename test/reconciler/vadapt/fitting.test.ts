import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import { solve } from '../../../reconciler/vadapt/solve.js';
import { randomProblem } from './instances.js';
import { breaches } from './reference.js';

/** A problem with hosts and VMs of given memory (MiB); compute does not limit. */
function packing(
  hostsMib: readonly number[],
  vmsMib: readonly number[],
  changes: Partial<Problem['hosts'][0]> = {},
): Problem {
  const problem = randomProblem(1, { hosts: hostsMib.length, vms: vmsMib.length, demands: 4 });
  const allowed = hostsMib.map((_, host) => host);
  return {
    ...problem,
    hosts: problem.hosts.map((host, h) => ({
      ...host,
      computeCores: 100,
      memoryMib: hostsMib[h] as number,
      maxGuests: null,
      ...changes,
    })),
    vms: problem.vms.map((vm, v) => ({
      ...vm,
      computeCores: 1,
      memoryMib: vmsMib[v] as number,
      current: null,
      allowed,
    })),
  };
}

const algorithms = ['greedy-pairs', 'greedy-order', 'engine'] as const;

describe.each(algorithms)('mapping by %s', (algorithm) => {
  const options = { algorithm, seed: 1, iterations: 200 };

  it('finds the only way to pack hosts full', () => {
    // 100 = 60 + 40 = 50 + 50 = 70 + 30 in each host: what is placed first by traffic has to move.
    const problem = packing([100, 100, 100], [30, 40, 50, 50, 60, 70]);
    const solution = solve(problem, options);
    if ('kind' in solution) throw new Error(solution.message);
    expect(breaches(problem, solution)).toEqual([]);
  });

  it('names the VM that no host can take, and what stands in its way', () => {
    const problem = packing([100, 100, 100], [10, 200]);
    expect(solve(problem, options)).toMatchObject({
      kind: 'infeasible',
      vms: ['vm-1'],
      constraints: ['host-0', 'host-1', 'host-2'].map((host) => ({ kind: 'host', host, of: 'memory' })),
      isMinimal: true,
    });
  });

  it('proves that VMs which fit alone do not fit together', () => {
    const solution = solve(packing([100, 100], [60, 60, 60]), options);
    expect(solution).toMatchObject({ kind: 'infeasible', vms: ['vm-0', 'vm-1', 'vm-2'], isMinimal: true });
  });

  it('counts guests', () => {
    const solution = solve(packing([100, 100], [1, 1, 1], { maxGuests: 1 }), options);
    const constraints = ['host-0', 'host-1'].map((host) => ({ kind: 'host', host, of: 'guests' }));
    expect(solution).toMatchObject({ kind: 'infeasible', constraints });
  });

  it('keeps a pinned VM where it must be', () => {
    const problem = packing([100, 100, 100], [60, 60, 60]);
    problem.vms = problem.vms.map((vm, place) => (place === 2 ? { ...vm, allowed: [1] } : vm));
    const solution = solve(problem, options);
    expect('kind' in solution ? solution : solution.mapping[2]).toBe(1);
  });
});

it('proves without search that VMs of one size are too many', () => {
  // 13 VMs of 6 on 12 hosts of 10, with room to spare in total.
  const problem = packing(Array(12).fill(10), Array(13).fill(6));
  const solution = solve(problem, { algorithm: 'greedy-pairs', seed: 1, iterations: 0 });
  expect(solution).toMatchObject({ kind: 'infeasible', isMinimal: true });
});
