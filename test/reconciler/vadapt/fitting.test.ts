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

const algorithms = ['greedy-pairs', 'greedy-order', 'annealing'] as const;

describe.each(algorithms)('mapping by %s', (algorithm) => {
  const options = { algorithm, seed: 1, iterations: 200 };

  it('finds the only way to pack hosts full', () => {
    // 100 = 60 + 40 = 50 + 50 = 70 + 30 in each host: what is placed first by traffic has to move.
    const problem = packing([100, 100, 100], [30, 40, 50, 50, 60, 70]);
    const solution = solve(problem, options);
    if ('kind' in solution) throw new Error(solution.message);
    expect(breaches(problem, solution)).toEqual([]);
  });

  it('names the VM that no host can take, with what excluded how many hosts', () => {
    const problem = packing([100, 100, 100], [10, 200]);
    problem.vms = problem.vms.map((vm, place) => (place === 1 ? { ...vm, allowed: [0, 2] } : vm));
    expect(solve(problem, options)).toEqual({
      kind: 'infeasible',
      vms: [{ name: 'vm-1', reasons: { 'not-allowed': 1, compute: 0, memory: 2, 'max-guests': 0 } }],
      message: 'vm-1: no host takes it even when empty',
    });
  });

  it('proves that VMs which fit alone do not fit together', () => {
    const solution = solve(packing([100, 100], [60, 60, 60]), options);
    expect(solution).toMatchObject({
      kind: 'infeasible',
      message: expect.stringContaining('cannot hold all VMs together'),
    });
    if ('kind' in solution) expect(solution.vms.map((vm) => vm.reasons.memory)).toEqual([2]);
  });

  it('counts guests', () => {
    const solution = solve(packing([100, 100], [1, 1, 1], { maxGuests: 1 }), options);
    if (!('kind' in solution)) throw new Error('three VMs on two hosts for one guest each');
    expect(solution.vms.map((vm) => vm.reasons['max-guests'])).toEqual([2]);
  });

  it('keeps a pinned VM where it must be', () => {
    const problem = packing([100, 100, 100], [60, 60, 60]);
    problem.vms = problem.vms.map((vm, place) => (place === 2 ? { ...vm, allowed: [1] } : vm));
    const solution = solve(problem, options);
    expect('kind' in solution ? solution : solution.mapping[2]).toBe(1);
  });
});

it('says so when the search gives up', () => {
  // 13 VMs of 6 on 12 hosts of 10, with room to spare in total: every assignment of 12 would have to be tried.
  const problem = packing(Array(12).fill(10), Array(13).fill(6));
  const solution = solve(problem, { algorithm: 'greedy-pairs', seed: 1, iterations: 0 });
  expect(solution).toMatchObject({ kind: 'infeasible', message: expect.stringContaining('gave up') });
});
