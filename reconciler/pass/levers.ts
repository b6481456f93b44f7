import type { Problem } from '../model/problem.js';
import type { Running } from './choose.js';

/** Ways to change what runs, the least disruptive first. */
export type LeverKind = 'reroute' | 'add-links' | 'schedule' | 'migrate';
/** Nothing makes schedules yet. */
export type PullableLever = Exclude<LeverKind, 'schedule'>;

/** One way to change what runs: the problem that it leaves open, or why it cannot be pulled. */
export type Lever = { kind: PullableLever; problem: Problem } | { kind: LeverKind; problem: null; reason: string };

/** The levers that `running` could be changed by, in order; each leaves open what the ones before it do, and more. */
export function leversOf(problem: Problem, running: Running): Lever[] {
  const inPlace = pinned(problem);
  return [
    rerouting(inPlace, running.links),
    { kind: 'add-links', problem: inPlace },
    { kind: 'schedule', problem: null, reason: 'Hosts do not reserve processor time for VMs yet.' },
    { kind: 'migrate', problem },
  ];
}

/** Over the links that are there and those of the star, which always are. */
function rerouting(inPlace: Problem, links: Running['links']): Lever {
  const { hosts, edges, vms } = inPlace;
  const linked = new Set(links.flatMap(([a, b]) => [a * hosts.length + b, b * hosts.length + a]));
  const proxies = new Set(vms.map(({ proxy }) => proxy));
  const isStar = (from: number, to: number) => proxies.has(from) || proxies.has(to);
  const usable = edges.filter(({ from, to }) => isStar(from, to) || linked.has(from * hosts.length + to));
  if (proxies.size < 2 && usable.every(({ from, to }) => isStar(from, to)))
    return { kind: 'reroute', problem: null, reason: 'There are no links but those of the star.' };
  return { kind: 'reroute', problem: { ...inPlace, edges: usable } };
}

/** The same problem with every VM that runs somewhere it may stay kept there. */
export function pinned(problem: Problem): Problem {
  const vms = problem.vms.map((vm) =>
    vm.current !== null && vm.allowed.includes(vm.current) ? { ...vm, allowed: [vm.current] } : vm,
  );
  return { ...problem, vms };
}
