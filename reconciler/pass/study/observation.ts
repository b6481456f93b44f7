import type { Problem, Solution } from '../../model/problem.js';

/** Something that was observed and may be otherwise: the rate of a demand, or what a resource carries. */
export type Observation = { kind: 'demand'; demand: number } | { kind: 'capacity'; resource: number };

/** Observations that are looked at, of each kind. */
const mostObservations = 16;

/** Demands of the VM and the heaviest others; or the resources that known configurations fill most. */
export function observationsOf(
  problem: Problem,
  vm: number,
  kind: Observation['kind'],
  alternatives: readonly Solution[],
): Observation[] {
  if (kind === 'demand') {
    const isOwn = ({ source, destination }: Problem['demands'][number]) => source === vm || destination === vm;
    const order = [...problem.demands.entries()].filter(([, { rateMbps }]) => rateMbps > 0);
    order.sort(([i, a], [j, b]) => Number(isOwn(b)) - Number(isOwn(a)) || b.rateMbps - a.rateMbps || i - j);
    return order.slice(0, mostObservations).map(([demand]) => ({ kind, demand }));
  }
  const filled = new Map<number, number>();
  for (const solution of alternatives)
    for (const [resource, share] of shares(problem, solution))
      filled.set(resource, Math.max(share, filled.get(resource) ?? 0));
  const order = [...filled].sort(([i, a], [j, b]) => b - a || i - j);
  return order.slice(0, mostObservations).map(([resource]) => ({ kind, resource }));
}

/** By resource in use: the share of it that a configuration wants. */
function shares(problem: Problem, { paths }: Solution): Map<number, number> {
  const edges = new Map(problem.edges.map((edge) => [`${edge.from} ${edge.to}`, edge.resources]));
  const wanted = new Map<number, number>();
  problem.demands.forEach(({ rateMbps }, demand) => {
    const path = paths[demand] ?? [];
    const inside = path.length === 1 ? [problem.hosts[path[0] ?? -1]?.internal ?? -1] : [];
    const crossed = path.slice(1).flatMap((to, hop) => edges.get(`${path[hop]} ${to}`) ?? []);
    for (const resource of [...inside, ...crossed]) wanted.set(resource, (wanted.get(resource) ?? 0) + rateMbps);
  });
  return new Map(
    [...wanted].map(([resource, mbps]) => [resource, mbps / Math.max(1e-9, capacityOf(problem, resource))]),
  );
}

/** In Mb/s. */
export function observedMbps(problem: Problem, observation: Observation): number {
  return observation.kind === 'demand'
    ? (problem.demands[observation.demand]?.rateMbps ?? 0)
    : capacityOf(problem, observation.resource);
}

function capacityOf(problem: Problem, resource: number): number {
  return problem.resources[resource]?.capacityMbps ?? 0;
}

/** The same problem, if one observation had been so many times as large, and its deviation with it. */
export function scaled(problem: Problem, observation: Observation, factor: number): Problem {
  if (observation.kind === 'demand') {
    const demands = problem.demands.map((each, demand) =>
      demand === observation.demand ? { ...each, rateMbps: each.rateMbps * factor, ...deviation(each, factor) } : each,
    );
    return { ...problem, demands };
  }
  const resources = problem.resources.map((each, resource) =>
    resource === observation.resource
      ? { ...each, capacityMbps: each.capacityMbps * factor, ...deviation(each, factor) }
      : each,
  );
  return { ...problem, resources };
}

function deviation({ deviationMbps }: { deviationMbps?: number }, factor: number): { deviationMbps?: number } {
  return deviationMbps === undefined ? {} : { deviationMbps: deviationMbps * factor };
}
