import { describe, expect, it } from 'vitest';
import type { Infeasible, Problem } from '../../../../reconciler/model/problem.js';
import { explainInfeasible, mappingOrWhyNot } from '../../../../reconciler/vadapt/infeasible/explain-infeasible.js';
import { constraintsOf, hasMapping } from './judge.js';
import { secondsOf, tightProblem } from './tight-problems.js';

/** Cases of each property; `VIRTUOSO_VADAPT_CASES` asks for more. */
const cases = Number(process.env.VIRTUOSO_VADAPT_CASES ?? 2000);

const namesOf = ({ vms }: Problem) => vms.map(({ name }) => name);

describe('what stands in the way', () => {
  it('is found exactly if no mapping keeps all constraints, and is minimal in constraints and VMs', () => {
    const kinds = new Map<string, number>();
    let infeasible = 0;
    for (let seed = 1; seed <= cases; seed++) {
      const problem = tightProblem(seed);
      const seconds = secondsOf(problem);
      const all = namesOf(problem);
      const found = mappingOrWhyNot(problem);
      expect('kind' in found, `seed ${seed}`).toBe(!hasMapping(problem, constraintsOf(problem), all, seconds));
      if (!('kind' in found)) continue;
      infeasible++;
      const { constraints, vms } = found;
      expect(found.isMinimal, `seed ${seed}`).toBe(true);
      for (const { kind } of constraints) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      expect(hasMapping(problem, constraints, vms, seconds), `seed ${seed}`).toBe(false);
      for (const dropped of constraints) {
        const rest = constraints.filter((each) => each !== dropped);
        expect(hasMapping(problem, rest, all, seconds), `seed ${seed} without ${JSON.stringify(dropped)}`).toBe(true);
      }
      for (const dropped of vms) {
        const rest = vms.filter((vm) => vm !== dropped);
        expect(hasMapping(problem, constraints, rest, seconds), `seed ${seed} without ${dropped}`).toBe(true);
      }
    }
    expect(infeasible).toBeGreaterThan(cases / 4);
    expect([...kinds.keys()].sort()).toEqual(
      ['allowed-hosts', 'group', 'host', 'longest-migration', 'migration-mib', 'migration-seconds', 'moves'].sort(),
    );
  });

  it('comes with a mapping that keeps every constraint where there is one', () => {
    for (let seed = 1; seed <= cases; seed++) {
      const problem = tightProblem(seed);
      const found = mappingOrWhyNot(problem);
      if ('kind' in found) continue;
      const pinned = problem.vms.map((vm, place) => ({
        ...vm,
        allowed: vm.allowed.filter((host) => host === found[place]),
      }));
      const fixed = { ...problem, vms: pinned };
      expect(hasMapping(fixed, constraintsOf(fixed), namesOf(fixed), secondsOf(fixed)), `seed ${seed}`).toBe(true);
    }
  });
});

/** Hosts and VMs of given memory in MiB; nothing else limits. */
function packing(hostsMib: readonly number[], vmsMib: readonly number[]): Problem {
  const all = hostsMib.map((_, host) => host);
  return {
    hosts: hostsMib.map((memoryMib, host) => ({
      ...{ name: `host-${host}`, computeCores: 1000, memoryMib, maxGuests: null, site: host % 2, internal: 0 },
    })),
    vms: vmsMib.map((memoryMib, vm) => ({
      ...{ name: `vm-${vm}`, computeCores: 1, memoryMib, current: null, allowed: all, proxy: 0 },
    })),
    demands: [],
    resources: [{ name: 'internal', capacityMbps: 1000 }],
    edges: [],
    objective: { level: 'path', goal: 'maximise' },
    fastPath: null,
  };
}

const explained = (problem: Problem): Infeasible => explainInfeasible(problem);

describe('the message', () => {
  it('says of one VM what no host has', () => {
    const { message, vms } = explained(packing([100, 100, 100], [10, 200]));
    expect(vms).toEqual(['vm-1']);
    expect(message).toBe(
      'vm-1 can be placed nowhere: it needs 200 MiB of memory, and host-0, host-1 and host-2 have 300 MiB together, at most 100 MiB each. To loosen any one of these is enough.',
    );
  });

  it('says who may run where', () => {
    const problem = packing([100, 300], [200]);
    problem.vms = problem.vms.map((vm) => ({ ...vm, allowed: [0] }));
    expect(explained(problem).message).toBe(
      'vm-0 can be placed nowhere: it needs 200 MiB of memory, and host-0 has 100 MiB; vm-0 may run on host-0 only. To loosen any one of these is enough.',
    );
    problem.vms = problem.vms.map((vm) => ({ ...vm, allowed: [] }));
    expect(explained(problem).message).toBe('vm-0 can be placed nowhere: no host is allowed for it. Loosen that.');
  });

  it('counts guests', () => {
    const problem = packing([100, 100], [1, 1, 1]);
    problem.hosts = problem.hosts.map((host) => ({ ...host, maxGuests: 1 }));
    expect(explained(problem).message).toBe(
      'vm-0, vm-1 and vm-2 cannot all be placed: host-0 and host-1 take 2 VMs together, at most 1 each. To loosen any one of these is enough.',
    );
  });

  it('names groups with their members', () => {
    const problem = packing([100, 100], [60, 60]);
    problem.groups = [{ name: 'web', kind: 'together', within: 'host', vms: [0, 1] }];
    expect(explained(problem).message).toBe(
      'vm-0 and vm-1 cannot all be placed: they need 120 MiB of memory, and host-0 and host-1 have 200 MiB together, at most 100 MiB each; group web keeps vm-0 and vm-1 together on one host. To loosen any one of these is enough.',
    );
    const apart = packing([100, 100, 100], [1, 1, 1]);
    apart.groups = [{ name: 'db', kind: 'apart', within: 'site', vms: [0, 1, 2] }];
    expect(explained(apart).message).toBe(
      'vm-0, vm-1 and vm-2 cannot all be placed: group db allows no two of vm-0, vm-1 and vm-2 at one site. Loosen that.',
    );
  });

  it('names budgets', () => {
    const problem = packing([100, 100], [60, 60]);
    problem.vms = problem.vms.map((vm) => ({ ...vm, current: 0 }));
    problem.migrationBudget = { moves: 0 };
    expect(explained(problem).message).toBe(
      'vm-0 and vm-1 cannot all be placed: they need 120 MiB of memory, and host-0 has 100 MiB; no VM may move. To loosen any one of these is enough.',
    );
  });

  it('counts what are many', () => {
    const problem = packing(Array(30).fill(10), Array(31).fill(6));
    const { message, vms, constraints, isMinimal } = explained(problem);
    expect([vms.length, constraints.length, isMinimal]).toEqual([31, 30, true]);
    expect(message).toBe(
      'vm-0, vm-1, vm-2, vm-3, vm-4 and 26 others cannot all be placed: they need 186 MiB of memory, and all 30 hosts have 300 MiB together, at most 10 MiB each. To loosen any one of these is enough.',
    );
  });

  it('tells when it could not prove anything', () => {
    // Sizes that leave a gap on every host, in too many ways to try.
    const vms = Array.from({ length: 40 }, (_, vm) => 101 + ((vm * 37) % 97));
    const room = vms.reduce((a, b) => a + b, 0) / 13;
    const found = explainInfeasible(packing(Array(13).fill(Math.ceil(room)), vms), 2000);
    expect(found).toMatchObject({ vms: [], constraints: [], isMinimal: false });
    expect(found.message).toContain('no proof that there is none');
  });

  it('tells when there is a mapping after all', () => {
    expect(explained(packing([100], [50])).message).toContain('there is one');
  });
});

describe('a large problem', () => {
  it('is cut down to the VMs and hosts that matter', () => {
    const problem = packing(Array(400).fill(1000), Array(2000).fill(100));
    // Three VMs pinned where two have room, among 2,000.
    problem.vms = problem.vms.map((vm, place) => (place >= 1997 ? { ...vm, memoryMib: 400, allowed: [7] } : vm));
    const { vms, constraints, isMinimal } = explained(problem);
    expect(vms).toEqual(['vm-1997', 'vm-1998', 'vm-1999']);
    expect(constraints).toContainEqual({ kind: 'host', host: 'host-7', of: 'memory' });
    expect(constraints).toHaveLength(4);
    expect(isMinimal).toBe(true);
  });
});
