import type { Problem } from '../model/problem.js';
import type { Holds } from './holds.js';
import type { Running } from './running.js';
import { type InPlace, repartitionReason } from './schedules.js';

/** Ways to change what runs, the least disruptive first. */
export type LeverKind = 'reroute' | 'add-links' | 'schedule' | 'migrate' | 'return';
/** One way to change what runs: the problem that it leaves open, or why it cannot be pulled. */
export type Lever =
  /** `gainFactor`: how many times the minimum gain it has to bring; `rested`: what it would leave open if no VM rested. */
  | { kind: LeverKind; problem: Problem; gainFactor: number; rested?: Problem | undefined }
  | { kind: LeverKind; problem: null; outcome: 'unavailable' | 'impossible'; reason: string };

/** The levers that `running` could be changed by, in order; each leaves open what the ones before it do, and more. */
export function leversOf(
  problem: Problem,
  running: Running,
  holds: Holds,
  returnFactor: number,
  scheduled: InPlace,
): Lever[] {
  const inPlace = pinned(problem);
  const milder: Lever[] = [rerouting(inPlace, running.links), { kind: 'add-links', problem: inPlace, gainFactor: 1 }];
  return [
    ...(scheduled.kind === 'repartition' ? milder.map((lever) => impossible(lever, problem, scheduled)) : milder),
    scheduling(inPlace, scheduled),
    { kind: 'migrate', problem: confined(problem, holds), gainFactor: 1, rested: rested(problem, holds) },
    ...returning(problem, holds, returnFactor),
  ];
}

/** A lever that leaves VMs on the processors that they run on, where schedules do not fit so. */
function impossible(lever: Lever, problem: Problem, scheduled: InPlace): Lever {
  if (lever.problem === null) return lever;
  return { kind: lever.kind, problem: null, outcome: 'impossible', reason: repartitionReason(problem, scheduled) };
}

/** Other processors of the same hosts. */
function scheduling(inPlace: Problem, { kind }: InPlace): Lever {
  if (kind === 'repartition') return { kind: 'schedule', problem: inPlace, gainFactor: 1 };
  const isScheduled = inPlace.vms.some(({ schedule }) => schedule !== undefined);
  const reason = !isScheduled
    ? 'No VM has a schedule.'
    : kind === 'kept'
      ? 'All schedules fit on the processors that VMs run on.'
      : 'On no processors of their hosts all schedules fit.';
  const outcome = kind === 'impossible' ? 'impossible' : 'unavailable';
  return { kind: 'schedule', problem: null, outcome, reason };
}

/** Over the links that are there and those of the star, which always are. */
function rerouting(inPlace: Problem, links: Running['links']): Lever {
  const { hosts, edges, vms } = inPlace;
  const linked = new Set(links.flatMap(([a, b]) => [a * hosts.length + b, b * hosts.length + a]));
  const proxies = new Set(vms.map(({ proxy }) => proxy));
  const isStar = (from: number, to: number) => proxies.has(from) || proxies.has(to);
  const usable = edges.filter(({ from, to }) => isStar(from, to) || linked.has(from * hosts.length + to));
  if (proxies.size < 2 && usable.every(({ from, to }) => isStar(from, to)))
    return {
      kind: 'reroute',
      problem: null,
      outcome: 'unavailable',
      reason: 'There are no links but those of the star.',
    };
  return { kind: 'reroute', problem: { ...inPlace, edges: usable }, gainFactor: 1 };
}

/** Where VMs could go back to what they left not long ago. */
function returning(problem: Problem, holds: Holds, gainFactor: number): Lever[] {
  const without = confined(problem, holds);
  const withReturns = confined(problem, { ...holds, left: new Map() });
  const isMore = withReturns.vms.some(({ allowed }, vm) => allowed.length > (without.vms[vm]?.allowed.length ?? 0));
  const open = rested(problem, { ...holds, left: new Map() });
  return isMore ? [{ kind: 'return', problem: withReturns, gainFactor, rested: open }] : [];
}

/** What is open once no VM rests any more for having been moved; undefined if none does. */
function rested(problem: Problem, { staying, left }: Holds): Problem | undefined {
  const held = [...staying].filter(([, { kind }]) => kind !== 'cooldown');
  return held.length === staying.size ? undefined : confined(problem, { staying: new Map(held), left });
}

/** The same problem with every VM that runs somewhere it may stay kept there. */
export function pinned(problem: Problem): Problem {
  return { ...problem, vms: problem.vms.map((vm) => (mayStay(vm) ? { ...vm, allowed: [vm.current] } : vm)) };
}

/** The same problem with holds: those that stay do, and the others do not go back to hosts that they left. */
export function confined(problem: Problem, { staying, left }: Holds): Problem {
  if (staying.size === 0 && left.size === 0) return problem;
  const vms = problem.vms.map((vm) => {
    if (!mayStay(vm)) return vm;
    if (staying.has(vm.name)) return { ...vm, allowed: [vm.current] };
    const hosts = left.get(vm.name);
    const isOpen = (host: number) => host === vm.current || !hosts?.has(problem.hosts[host]?.name ?? '');
    return hosts ? { ...vm, allowed: vm.allowed.filter(isOpen) } : vm;
  });
  return { ...problem, vms };
}

function mayStay<Vm extends Problem['vms'][number]>(vm: Vm): vm is Vm & { current: number } {
  return vm.current !== null && vm.allowed.includes(vm.current);
}
