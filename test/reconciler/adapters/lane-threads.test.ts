import { describe, expect, it } from 'vitest';
import { laneThreads } from '../../../reconciler/adapters/lane-threads.js';
import type { Problem } from '../../../reconciler/model/problem.js';
import { solve, solveInLanes } from '../../../reconciler/vadapt/solve.js';
import { readObjective } from '../../../schema/objective/read-objective.js';
import { randomProblem } from '../vadapt/instances.js';

const options = { algorithm: 'engine', seed: 3, iterations: 4000 } as const;

/** A problem of distances: eight hosts in a row, VMs that talk in pairs. */
function row(): Problem {
  const base = randomProblem(8, { hosts: 8, vms: 8, demands: 10 });
  const latencyMs = base.hosts.map((_, a) => base.hosts.map((__, b) => Math.abs(a - b)));
  const read = readObjective({ level: 'path', goal: 'minimise', expression: 'sum(demand * pathLatency)' });
  if (read.kind === 'refused') throw new Error('the objective is refused');
  const hosts = base.hosts.map((host) => ({ ...host, computeCores: 8, memoryMib: 65536, maxGuests: 1 }));
  const vms = base.vms.map((vm) => ({ ...vm, allowed: [0, 1, 2, 3, 4, 5, 6, 7], current: null }));
  const objective = { level: 'path', goal: 'minimise', ranks: read.ranks } as const;
  return { ...base, hosts, vms, edges: [], distances: { kind: 'matrix', latencyMs }, objective };
}

describe('lanes in threads', () => {
  it.each([
    ['links', randomProblem(5, { hosts: 7, vms: 6, demands: 9 })],
    ['distances', row()],
  ] as const)('find the same, byte for byte, in one thread, in two and in none, with %s', async (_, problem) => {
    const apart = await Promise.all([1, 2].map((threads) => solveInLanes(problem, options, laneThreads(threads))));
    const inProcess = JSON.stringify(solve(problem, options));
    expect(apart.map((solution) => JSON.stringify(solution))).toEqual([inProcess, inProcess]);
    expect(apart[0]).not.toHaveProperty('kind');
  });

  it('tell of a thread that fails', async () => {
    const broken = { ...randomProblem(5, { hosts: 3, vms: 2, demands: 1 }), hosts: null } as unknown as Problem;
    const lanes = [{ search: 'hot', seed: 1, iterations: 10 }] as const;
    await expect(laneThreads(1)(broken, lanes)).rejects.toThrow();
  });
});
