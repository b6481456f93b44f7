import type { Problem } from '../../model/problem.js';
import { Migrations, mostSeconds } from '../engine/migrations.js';
import { settingOf } from '../engine/setting.js';
import { type Scheduling, schedulingOf } from '../scheduling.js';

/** What of a host VMs share. */
export const dimensions = ['compute', 'memory', 'disk', 'guests', 'processors'] as const;

/** Place of processors among them: beyond the sum, schedules have to be partitioned. */
export const processorDimension = 4;

/** The constraints on a mapping in numbers; those that are dropped are infinite, null or absent. */
export interface MappingRules {
  hosts: number;
  vms: number;
  /** By dimension, then VM: what it takes. */
  needs: Float64Array[];
  /** By dimension, then host: what there is. */
  capacities: Float64Array[];
  /** By VM and host, which ones it may run on; null for all. */
  allowed: (Uint8Array | null)[];
  /** Whether processors keep schedules, of hosts whose capacity of them is not infinite; null where no VM has a schedule. */
  scheduling: Scheduling | null;
  groups: GroupRule[];
  budgets: BudgetRule[];
}

/** VMs that must be at one place, or at different places. */
export interface GroupRule {
  name: string;
  kind: 'together' | 'apart';
  /** By host: the place it is at. */
  placeOf: Int32Array;
  vms: number[];
}

/** What moves may cost together. */
export interface BudgetRule {
  kind: BudgetKind;
  limit: number;
  cost(vm: number, host: number): number;
}

export type BudgetKind = 'moves' | 'migration-seconds' | 'migration-mib';

/** Of budgets: sums of seconds and MiB. */
export const budgetTolerance = 1e-6;

/** Hosts to which a VM could not be brought within the time that it allows. */
export type TooLong = (vm: number, host: number) => boolean;

/** All hard constraints of a problem. `maxMigrations` is none: as many VMs leave as have to. */
export function mappingRulesOf(problem: Problem): MappingRules & { isTooLong: TooLong } {
  const { hosts, vms } = problem;
  const secondsTo = migrationTimes(problem);
  const scheduling = schedulingOf(problem);
  return {
    hosts: hosts.length,
    vms: vms.length,
    needs: [
      Float64Array.from(vms, ({ computeCores }) => computeCores),
      Float64Array.from(vms, ({ memoryMib }) => memoryMib),
      Float64Array.from(vms, ({ diskGib = 0 }) => diskGib),
      new Float64Array(vms.length).fill(1),
      Float64Array.from(vms, (_, vm) => scheduling?.needs(vm) ?? 0),
    ],
    capacities: [
      Float64Array.from(hosts, ({ computeCores }) => computeCores),
      Float64Array.from(hosts, ({ memoryMib }) => memoryMib),
      Float64Array.from(hosts, ({ diskGib = Number.POSITIVE_INFINITY }) => diskGib),
      Float64Array.from(hosts, ({ maxGuests }) => maxGuests ?? Number.POSITIVE_INFINITY),
      Float64Array.from(hosts, (_, host) => scheduling?.has(host) ?? Number.POSITIVE_INFINITY),
    ],
    allowed: allowedOf(problem),
    scheduling,
    groups: groupRulesOf(problem),
    budgets: budgetRulesOf(problem, secondsTo),
    isTooLong: (vm, host) => secondsTo(vm, host) > (vms[vm]?.migration?.maxSeconds ?? mostSeconds),
  };
}

/** Between distances, where no capacity binds, a migration takes no time. */
function migrationTimes(problem: Problem): (vm: number, host: number) => number {
  if (problem.distances !== undefined || problem.vms.every(({ migration }) => migration === undefined)) return () => 0;
  const { graph, widths } = settingOf(problem);
  const migrations = new Migrations(graph, widths);
  return (vm, host) => migrations.secondsTo(vm, host);
}

/** By VM: 1 for each host that it may run on; null where that is any. VMs that share a list share an array. */
function allowedOf({ hosts, vms }: Problem): (Uint8Array | null)[] {
  const known = new Map<readonly number[], Uint8Array | null>();
  return vms.map(({ allowed }) => {
    const before = known.get(allowed);
    if (before !== undefined) return before;
    const isAllowed = new Uint8Array(hosts.length);
    for (const host of allowed) isAllowed[host] = 1;
    const all = isAllowed.every((each) => each === 1) ? null : isAllowed;
    known.set(allowed, all);
    return all;
  });
}

function groupRulesOf({ groups = [], hosts }: Problem): GroupRule[] {
  const places = new Map<number, number>();
  const siteOf = Int32Array.from(hosts, ({ site }, host) => {
    // A host without a site is a place of its own.
    const key = site ?? -1 - host;
    places.set(key, places.get(key) ?? places.size);
    return places.get(key) as number;
  });
  const hostOf = Int32Array.from(hosts, (_, host) => host);
  return groups.map(({ name, kind, within, vms }) => ({
    ...{ name, kind, vms: [...new Set(vms)] },
    placeOf: within === 'host' ? hostOf : siteOf,
  }));
}

function budgetRulesOf(
  { vms, migrationBudget = {} }: Problem,
  secondsTo: (vm: number, host: number) => number,
): BudgetRule[] {
  const costs: Record<BudgetKind, BudgetRule['cost']> = {
    moves: () => 1,
    'migration-seconds': (vm, host) => Math.min(mostSeconds, secondsTo(vm, host)),
    'migration-mib': (vm) => vms[vm]?.migration?.stateMib ?? 0,
  };
  const limits = [
    ['moves', migrationBudget.moves],
    ['migration-seconds', migrationBudget.seconds],
    ['migration-mib', migrationBudget.mib],
  ] as const;
  return limits.flatMap(([kind, limit]) => {
    if (limit === undefined) return [];
    const isMove = (vm: number, host: number) => (vms[vm]?.current ?? host) !== host;
    return [{ kind, limit, cost: (vm: number, host: number) => (isMove(vm, host) ? costs[kind](vm, host) : 0) }];
  });
}

/** The same with one more budget: VMs that leave the host they run on. */
export function withMovesAtMost(rules: MappingRules, { vms }: Problem, limit: number): MappingRules {
  const cost = (vm: number, host: number) => Number((vms[vm]?.current ?? host) !== host);
  return { ...rules, budgets: [...rules.budgets, { kind: 'moves', limit, cost }] };
}

/** The same, without hosts that migrations to take too long. */
export function withoutTooLong(rules: MappingRules, isTooLong: TooLong): MappingRules {
  const allowed = rules.allowed.map((before, vm) => {
    const isAllowed = Uint8Array.from({ length: rules.hosts }, (_, host) =>
      Number((before === null || before[host] === 1) && !isTooLong(vm, host)),
    );
    return isAllowed.every((each) => each === 1) ? null : isAllowed;
  });
  return { ...rules, allowed };
}
