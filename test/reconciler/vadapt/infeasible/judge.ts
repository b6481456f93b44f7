import type { NamedConstraint, Problem } from '../../../../reconciler/model/problem.js';
import { hasPartition } from '../../vsched/has-partition.js';

// Which mappings keep which constraints, by trying all of them; shares nothing with the search. VMs carry what takes no time at all here,
// but for `maxSeconds` and the budget of seconds, for which the time is given.

/** Seconds that a migration takes. */
export type SecondsTo = (vm: number, host: number) => number;

/** All constraints of a problem, by name. */
export function constraintsOf(problem: Problem): NamedConstraint[] {
  const { hosts, vms, groups = [], migrationBudget = {} } = problem;
  return [
    ...hosts.flatMap(({ name }): NamedConstraint[] =>
      (['compute', 'memory', 'disk', 'guests', 'processors'] as const).map((of) => ({ kind: 'host', host: name, of })),
    ),
    ...vms.map(({ name }): NamedConstraint => ({ kind: 'allowed-hosts', vm: name })),
    ...vms.map(({ name }): NamedConstraint => ({ kind: 'longest-migration', vm: name })),
    ...groups.map(({ name }): NamedConstraint => ({ kind: 'group', group: name })),
    ...(migrationBudget.moves === undefined ? [] : [{ kind: 'moves' as const }]),
    ...(migrationBudget.seconds === undefined ? [] : [{ kind: 'migration-seconds' as const }]),
    ...(migrationBudget.mib === undefined ? [] : [{ kind: 'migration-mib' as const }]),
  ];
}

/** Whether some mapping of these VMs keeps these constraints; the others do not count. */
export function hasMapping(
  problem: Problem,
  constraints: readonly NamedConstraint[],
  vms: readonly string[],
  secondsTo: SecondsTo,
): boolean {
  const placed = problem.vms.map(({ name }) => vms.includes(name));
  const mapping = problem.vms.map(() => 0);
  const from = (vm: number): boolean => {
    if (vm === mapping.length)
      return constraints.every((constraint) => isKept(problem, constraint, mapping, placed, secondsTo));
    const hosts = placed[vm] ? problem.hosts.length : 1;
    for (let host = 0; host < hosts; host++) {
      mapping[vm] = host;
      if (from(vm + 1)) return true;
    }
    return false;
  };
  return from(0);
}

function isKept(
  problem: Problem,
  constraint: NamedConstraint,
  mapping: readonly number[],
  placed: readonly boolean[],
  secondsTo: SecondsTo,
): boolean {
  const { hosts, vms, groups = [], migrationBudget = {} } = problem;
  const guests = vms.map((vm, v) => ({ vm, v, host: mapping[v] as number })).filter(({ v }) => placed[v]);
  const moved = guests.filter(({ vm, host }) => vm.current !== null && vm.current !== host);
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  switch (constraint.kind) {
    case 'host': {
      const host = hosts.findIndex(({ name }) => name === constraint.host);
      const there = guests.filter((guest) => guest.host === host).map(({ vm }) => vm);
      const { of } = constraint;
      if (of === 'processors') {
        const { processors } = hosts[host] as Problem['hosts'][0];
        const schedules = there.flatMap(({ schedule }) => schedule ?? []);
        return processors === undefined || hasPartition(schedules, processors);
      }
      const {
        computeCores,
        memoryMib,
        diskGib = Number.POSITIVE_INFINITY,
        maxGuests,
      } = hosts[host] as Problem['hosts'][0];
      const room = { compute: computeCores, memory: memoryMib, disk: diskGib, guests: maxGuests ?? 1e9 }[of];
      const size = (vm: Problem['vms'][0]) =>
        ({ compute: vm.computeCores, memory: vm.memoryMib, disk: vm.diskGib ?? 0, guests: 1 })[of];
      return sum(there.map(size)) <= room + 1e-7;
    }
    case 'allowed-hosts':
      return guests.every(({ vm, host }) => vm.name !== constraint.vm || vm.allowed.includes(host));
    case 'longest-migration':
      return moved.every(
        ({ vm, v, host }) => vm.name !== constraint.vm || secondsTo(v, host) <= (vm.migration?.maxSeconds ?? 1e10),
      );
    case 'group': {
      const group = groups.find(({ name }) => name === constraint.group) as NonNullable<Problem['groups']>[0];
      const siteOf = (host: number) => hosts[host]?.site ?? `none, ${host}`;
      const places = guests
        .filter(({ v }) => group.vms.includes(v))
        .map(({ host }) => (group.within === 'host' ? host : siteOf(host)));
      const different = new Set(places).size;
      return group.kind === 'together' ? different <= 1 : different === places.length;
    }
    case 'moves':
      return moved.length <= (migrationBudget.moves as number);
    case 'migration-seconds':
      return (
        sum(moved.map(({ v, host }) => Math.min(1e10, secondsTo(v, host)))) <=
        (migrationBudget.seconds as number) + 1e-6
      );
    case 'migration-mib':
      return sum(moved.map(({ vm }) => vm.migration?.stateMib ?? 0)) <= (migrationBudget.mib as number) + 1e-6;
  }
}
