import type { Problem } from '../../model/problem.js';
import { utilisation } from '../../model/schedule.js';
import type { Constraint } from './constraints.js';
import { processorDimension } from './mapping-rules.js';

/** Names that are written out before the rest is counted. */
const named = 5;

/** What stands in the way, of whom, and what to do, in sentences. */
export function wordingOf(
  problem: Problem,
  constraints: readonly Constraint[],
  vms: readonly number[],
  isMinimal: boolean,
): string {
  const who = listed(vms.map((vm) => problem.vms[vm]?.name ?? ''));
  const what = vms.length === 1 ? `${who} can be placed nowhere` : `${who} cannot all be placed`;
  const reasons = reasonsOf(problem, constraints, vms);
  const advice = isMinimal
    ? constraints.length === 1
      ? 'Loosen that.'
      : 'To loosen any one of these is enough.'
    : 'To loosen some of these is enough; the search for which was cut off.';
  return `${what}: ${reasons.join('; ')}. ${advice}`;
}

function reasonsOf(problem: Problem, constraints: readonly Constraint[], vms: readonly number[]): string[] {
  const reasons: string[] = [];
  for (let dimension = 0; dimension <= processorDimension; dimension++) {
    const hosts = constraints.flatMap((each) =>
      each.kind === 'host' && each.dimension === dimension ? [each.host] : [],
    );
    if (hosts.length > 0) reasons.push(roomReason(problem, dimension, hosts, vms));
  }
  const rest = constraints.filter((each) => each.kind !== 'host');
  return [...reasons, ...rest.map((each) => reasonOf(problem, each, vms.length === 1))];
}

interface Quantity {
  name: string;
  needs(vm: Problem['vms'][number]): number;
  given(host: Problem['hosts'][number]): number;
  text(value: number): string;
}

const rounded = (value: number) => String(Number(value.toFixed(2)));

/** By dimension, but for processors. */
const quantities: readonly Quantity[] = [
  {
    name: 'compute',
    needs: ({ computeCores }) => computeCores,
    given: ({ computeCores }) => computeCores,
    text: (cores) => `${rounded(cores)} ${cores === 1 ? 'core' : 'cores'}`,
  },
  {
    name: 'memory',
    needs: ({ memoryMib }) => memoryMib,
    given: ({ memoryMib }) => memoryMib,
    text: (mib) => (mib >= 10240 ? `${rounded(mib / 1024)} GiB` : `${rounded(mib)} MiB`),
  },
  {
    name: 'disk',
    needs: ({ diskGib = 0 }) => diskGib,
    given: ({ diskGib = Number.POSITIVE_INFINITY }) => diskGib,
    text: (gib) => `${rounded(gib)} GiB`,
  },
  {
    name: 'guests',
    needs: () => 1,
    given: ({ maxGuests }) => maxGuests ?? Number.POSITIVE_INFINITY,
    text: (guests) => `${guests} ${guests === 1 ? 'VM' : 'VMs'}`,
  },
];

function roomReason(problem: Problem, dimension: number, hosts: readonly number[], vms: readonly number[]): string {
  if (dimension === processorDimension) return scheduleReason(problem, hosts, vms);
  const { name, needs, given, text } = quantities[dimension] as Quantity;
  const needed = vms.reduce((sum, vm) => sum + needs(problem.vms[vm] as Problem['vms'][number]), 0);
  const there = hosts.map((host) => given(problem.hosts[host] as Problem['hosts'][number]));
  const who = listed(hosts.map((host) => problem.hosts[host]?.name ?? ''));
  const whose = hosts.length === problem.hosts.length && hosts.length > named ? `all ${hosts.length} hosts` : who;
  const isGuests = name === 'guests';
  const isOne = hosts.length === 1;
  const has = isGuests ? (isOne ? 'takes' : 'take') : isOne ? 'has' : 'have';
  const all = text(there.reduce((sum, each) => sum + each, 0));
  const most = isGuests ? Math.max(...there) : text(Math.max(...there));
  const room = `${whose} ${has} ${all}${isOne ? '' : ` together, at most ${most} each`}`;
  return isGuests ? room : `${vms.length === 1 ? 'it needs' : 'they need'} ${text(needed)} of ${name}, and ${room}`;
}

/** What schedules take in all says less than that no processor may be shared by more than it keeps. */
function scheduleReason({ hosts, vms }: Problem, places: readonly number[], who: readonly number[]): string {
  const taken = who.reduce(
    (sum, vm) => sum + utilisation(vms[vm]?.schedule ?? { periodUs: 1, sliceUs: 0, threads: 0 }),
    0,
  );
  const rooms = places.map((host) => {
    const { name, processors } = hosts[host] as Problem['hosts'][number];
    const { count = 0, reservedPpm = 0 } = processors ?? {};
    const each = reservedPpm > 0 ? ` of which it keeps ${rounded(1 - reservedPpm / 1e6)} each` : '';
    return `${name} has ${count}${each}`;
  });
  const schedules = who.length === 1 ? 'its schedule takes' : 'their schedules take';
  return `${schedules} ${rounded(taken)} ${taken === 1 ? 'processor' : 'processors'}, and ${listed(rooms)}`;
}

function reasonOf(problem: Problem, constraint: Exclude<Constraint, { kind: 'host' }>, isAlone: boolean): string {
  switch (constraint.kind) {
    case 'allowed-hosts': {
      const vm = problem.vms[constraint.vm];
      const hosts = (vm?.allowed ?? []).map((host) => problem.hosts[host]?.name ?? '');
      return hosts.length === 0
        ? `no host is allowed for ${isAlone ? 'it' : vm?.name}`
        : `${vm?.name} may run on ${listed(hosts)} only`;
    }
    case 'longest-migration': {
      const vm = problem.vms[constraint.vm];
      const limit = vm?.migration?.maxSeconds;
      return limit === undefined
        ? `the memory of ${vm?.name} changes faster than it could be copied from where it runs`
        : `a migration of ${vm?.name} may take ${rounded(limit)} s, and is slower to some hosts`;
    }
    case 'group': {
      const group = problem.groups?.[constraint.group];
      const names = listed((group?.vms ?? []).map((vm) => problem.vms[vm]?.name ?? ''));
      const place = group?.within === 'site' ? 'at one site' : 'on one host';
      return group?.kind === 'together'
        ? `group ${group.name} keeps ${names} together ${place}`
        : `group ${group?.name} allows no two of ${names} ${place}`;
    }
    case 'budget':
      return budgetReason(problem, constraint.budget);
  }
}

function budgetReason({ migrationBudget = {} }: Problem, budget: number): string {
  const texts = [
    [
      migrationBudget.moves,
      (moves: number) => (moves === 0 ? 'no VM may move' : `at most ${moves} ${moves === 1 ? 'VM' : 'VMs'} may move`),
    ],
    [migrationBudget.seconds, (seconds: number) => `migrations may take ${rounded(seconds)} s together`],
    [migrationBudget.mib, (mib: number) => `migrations may carry ${rounded(mib)} MiB together`],
  ] as const;
  const given = texts.flatMap(([limit, text]) => (limit === undefined ? [] : [text(limit)]));
  return given[budget] ?? '';
}

/** `a`, `a and b`, `a, b and c`, `a, b, c, d, e and 7 others`. */
function listed(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length === 0) return first;
  const shown = names.length > named + 1 ? names.slice(0, named) : names.slice(0, -1);
  const last = names.length > named + 1 ? `${names.length - named} others` : (names.at(-1) as string);
  return `${shown.join(', ')} and ${last}`;
}
