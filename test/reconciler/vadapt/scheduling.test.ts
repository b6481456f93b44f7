import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import type { RunningSchedule } from '../../../reconciler/model/schedule.js';
import { isFeasible } from '../../../reconciler/vadapt/host-room.js';
import { mappingOrWhyNot } from '../../../reconciler/vadapt/infeasible/explain-infeasible.js';
import { solve } from '../../../reconciler/vadapt/solve.js';
import { fitsProcessors } from '../../../reconciler/vsched/partition.js';
import { drawFrom } from '../../generators/draw.js';
import { hasPartition } from '../vsched/has-partition.js';
import { constraintsOf, hasMapping } from './infeasible/judge.js';
import { randomProblem } from './instances.js';

/** A random problem, most of whose VMs have a schedule, on hosts of one to three processors; nothing else on hosts is scarce. */
function scheduledProblem(seed: number): Problem {
  const draw = drawFrom(seed);
  const problem = randomProblem(seed, { hosts: 3, vms: 4 + (seed % 3), demands: 6 });
  const hosts = problem.hosts.map((host) => ({
    ...host,
    ...{ computeCores: 100, memoryMib: 1e6, maxGuests: null },
    processors: { count: 1 + draw(3), reservedPpm: 50_000 * draw(3) },
  }));
  const schedule = (): RunningSchedule => {
    const periodUs = [3000, 7000, 10_000][draw(3)] as number;
    return { periodUs, sliceUs: Math.floor((periodUs * (15 + draw(60))) / 100), threads: 1 + Number(draw(4) === 0) };
  };
  const vms = problem.vms.map((vm) => (draw(6) === 0 ? vm : { ...vm, schedule: schedule() }));
  return { ...problem, hosts, vms };
}

/** Whether every host can partition the schedules of the VMs that a mapping gives it, by trying all. */
function isKept({ hosts, vms }: Problem, mapping: readonly number[]): boolean {
  return hosts.every(({ processors }, host) => {
    const schedules = vms.flatMap(({ schedule }, vm) => (mapping[vm] === host && schedule ? [schedule] : []));
    return processors === undefined || hasPartition(schedules, processors);
  });
}

const algorithms = ['engine', 'greedy-pairs', 'greedy-order', 'annealing', 'genetic'] as const;

describe('schedules in the search', () => {
  it.each(algorithms)(
    '%s puts no more on a host than its processors keep, and finds a mapping where there is one',
    (algorithm) => {
      const seen = { solved: 0, infeasible: 0 };
      for (let seed = 1; seed <= 60; seed++) {
        const problem = scheduledProblem(seed);
        const found = solve(problem, { algorithm, seed, iterations: 400 });
        const all = problem.vms.map(({ name }) => name);
        if ('kind' in found) {
          seen.infeasible++;
          expect(
            hasMapping(problem, constraintsOf(problem), all, () => 0),
            `seed ${seed}`,
          ).toBe(false);
          continue;
        }
        seen.solved++;
        expect(isKept(problem, found.mapping), `seed ${seed}`).toBe(true);
      }
      expect(Math.min(seen.solved, seen.infeasible)).toBeGreaterThan(5);
    },
  );

  it('are told as what stands in the way, and with nothing that does not', () => {
    let told = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const problem = scheduledProblem(seed);
      const found = mappingOrWhyNot(problem);
      if (!('kind' in found)) continue;
      told += Number(found.constraints.some((each) => each.kind === 'host' && each.of === 'processors'));
      expect(
        hasMapping(problem, found.constraints, found.vms, () => 0),
        `seed ${seed}`,
      ).toBe(false);
      for (const dropped of found.constraints) {
        const rest = found.constraints.filter((each) => each !== dropped);
        const all = problem.vms.map(({ name }) => name);
        expect(
          hasMapping(problem, rest, all, () => 0),
          `seed ${seed} without ${JSON.stringify(dropped)}`,
        ).toBe(true);
      }
    }
    expect(told).toBeGreaterThan(10);
  });

  it('say how much they take, and what hosts have', () => {
    const { hosts, vms, ...rest } = scheduledProblem(1);
    const host = { ...(hosts[0] as Problem['hosts'][number]), processors: { count: 2, reservedPpm: 100_000 } };
    const vm = { ...(vms[0] as Problem['vms'][number]), allowed: [0], current: null };
    const named = (name: string, percent: number, threads = 1) => ({
      ...{ ...vm, name },
      schedule: { periodUs: 10_000, sliceUs: percent * 100, threads },
    });
    const problem = {
      ...rest,
      demands: [],
      edges: [],
      hosts: [host],
      vms: [named('a', 60), named('b', 60), named('c', 60)],
    };
    const found = mappingOrWhyNot(problem);
    expect('kind' in found && found.message).toBe(
      'a, b and c cannot all be placed: their schedules take 1.8 processors, and host-0 has 2 of which it keeps 0.9 each. Loosen that.',
    );
    const alone = mappingOrWhyNot({ ...problem, vms: [named('a', 10, 3)] });
    expect('kind' in alone && alone.message).toBe(
      'a can be placed nowhere: its schedule takes 0.3 processors, and host-0 has 2 of which it keeps 0.9 each. Loosen that.',
    );
  });

  it('that run are taken to fit, as they do, even where the search for a partition would give up', () => {
    const { hosts, vms, ...rest } = scheduledProblem(1);
    const draw = drawFrom(1);
    // Three that fill each processor to the last microsecond.
    const shares = Array.from({ length: 16 }, () => {
      const [a, b] = [2500 + draw(1500), 2500 + draw(1000)];
      return [a, b, 10_000 - a - b];
    }).flat();
    const host = { ...(hosts[0] as Problem['hosts'][number]), processors: { count: 16, reservedPpm: 0 } };
    const running = shares.map((share, place) => ({
      ...(vms[0] as Problem['vms'][number]),
      ...{ name: `vm-${place}`, allowed: [0], current: 0 },
      schedule: { periodUs: 10_000, sliceUs: share, threads: 1, cpus: [Math.floor(place / 3)] },
    }));
    const problem = { ...rest, demands: [], edges: [], hosts: [host], vms: running };
    const schedules = running.map(({ schedule: { cpus: _, ...schedule } }) => schedule);
    expect(fitsProcessors(schedules, host.processors)).toBe('unknown');
    expect(
      isFeasible(
        problem,
        problem.vms.map(() => 0),
      ),
    ).toBe(true);
  });
});
