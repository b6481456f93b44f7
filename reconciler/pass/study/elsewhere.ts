import type { Problem, Solution } from '../../model/problem.js';
import { residuals } from '../../vadapt/evaluate.js';
import { type SolveOptions, solve } from '../../vadapt/solve.js';
import { isBetterScore } from '../gain.js';

/** What it would mean for a VM to be on a host other than the chosen one. */
export type Elsewhere =
  /** It may not run there. */
  | { kind: 'excluded'; host: number }
  /** With it there, not all VMs have room. */
  | { kind: 'no-room'; host: number; message: string }
  | Alternative
  /** There are too many hosts to look at each, and it promised less than others. */
  | { kind: 'passed-over'; host: number };

/** The best that was found with the VM on a host. */
export interface Alternative {
  kind: 'possible';
  host: number;
  solution: Solution;
  /** Other VMs that would be elsewhere than as chosen. */
  others: number[];
  /** The resource that its demands would want most of, beyond what is there or else in all; null if it exchanges nothing. */
  bottleneck: number | null;
}

/** Each host but the chosen one, in their order; `most` of them are looked at in detail. */
export function elsewhere(
  problem: Problem,
  options: SolveOptions,
  mapping: readonly number[],
  vm: number,
  most: number,
): Elsewhere[] {
  const allowed = new Set(problem.vms[vm]?.allowed);
  const hosts = [...problem.hosts.keys()].filter((host) => host !== mapping[vm]);
  const promise = new Map(hosts.map((host) => [host, promiseOf(problem, mapping, vm, host)]));
  const looked = hosts
    .filter((host) => allowed.has(host))
    .sort((a, b) => (promise.get(b) ?? 0) - (promise.get(a) ?? 0) || a - b)
    .slice(0, most);
  return hosts.map((host): Elsewhere => {
    if (!allowed.has(host)) return { kind: 'excluded', host };
    return looked.includes(host) ? alternative(problem, options, mapping, vm, host) : { kind: 'passed-over', host };
  });
}

/** With the others where they are, but for those that make room, unless more is gained by moving any of them. */
function alternative(
  problem: Problem,
  options: SolveOptions,
  mapping: readonly number[],
  vm: number,
  host: number,
): Elsewhere {
  const on = (hostsOf: (vm: number) => number[]) => ({
    ...problem,
    vms: problem.vms.map((each, place) => ({ ...each, allowed: place === vm ? [host] : hostsOf(place) })),
  });
  const open = (other: number) => problem.vms[other]?.allowed ?? [];
  const making = on((other) => (mapping[other] === host ? open(other) : [mapping[other] ?? -1]));
  const [alone, free] = [solve(making, options), solve(on(open), options)];
  if ('kind' in free && 'kind' in alone) return { kind: 'no-room', host, message: free.message };
  const isAlone = 'kind' in free || (!('kind' in alone) && !isBetterScore(problem, free.score, alone.score));
  const solution = (isAlone ? alone : free) as Solution;
  const others = solution.mapping.flatMap((to, other) => (other !== vm && to !== mapping[other] ? [other] : []));
  return { kind: 'possible', host, solution, others, bottleneck: bottleneckOf(problem, solution, vm) };
}

function bottleneckOf(problem: Problem, { mapping, paths }: Solution, vm: number): number | null {
  const own = residuals(problem, mapping, paths).filter((_, demand) => {
    const { source, destination } = problem.demands[demand] ?? {};
    return source === vm || destination === vm;
  });
  const [worst] = own.sort((a, b) => b.shortfallMbps - a.shortfallMbps || a.residualMbps - b.residualMbps);
  return worst?.bottleneck ?? null;
}

/** What direct links between a host and those of its partners could carry of the VM's demands, in Mb/s; a little for being wide. */
function promiseOf(problem: Problem, mapping: readonly number[], vm: number, host: number): number {
  const partnerHost = (demand: Problem['demands'][number]) =>
    mapping[demand.source === vm ? demand.destination : demand.source];
  const own = problem.demands.filter(({ source, destination }) => source === vm || destination === vm);
  const wanted = new Map<number | undefined, number>();
  for (const demand of own) wanted.set(partnerHost(demand), (wanted.get(partnerHost(demand)) ?? 0) + demand.rateMbps);
  return problem.edges.reduce((sum, { from, to, resources }) => {
    const rateMbps = from === host ? wanted.get(to) : to === host ? wanted.get(from) : undefined;
    if (rateMbps === undefined) return sum;
    const widthMbps = Math.min(...resources.map((resource) => problem.resources[resource]?.capacityMbps ?? 0));
    return sum + Math.min(rateMbps, widthMbps) + widthMbps * 1e-6;
  }, wanted.get(host) ?? 0);
}
