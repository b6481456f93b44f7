import type { Problem, ProblemScore, Solution } from '../model/problem.js';
import { at } from './at.js';
import { trafficOf } from './evaluate.js';
import type { Traffic } from './traffic.js';

type Configuration = Pick<Solution, 'mapping' | 'paths'>;

/** By resource: by how much each part of a configuration's value grows with the resource's capacity. */
interface Slopes {
  unmet: Float64Array;
  objective: Float64Array;
}

/**
 * Standard deviation of the difference between two configurations' values that comes from capacities not being known exactly; what
 * both rest on alike does not count. Seed: capacities that are not reserved are normal random variables.
 */
export function differenceDeviation(problem: Problem, a: Configuration, b: Configuration): ProblemScore {
  if (problem.resources.every(({ deviationMbps = 0 }) => deviationMbps === 0))
    return { unmetMbps: 0, objectiveMbps: 0 };
  const [slopesOfA, slopesOfB] = [slopesOf(problem, a), slopesOf(problem, b)];
  const deviation = (part: keyof Slopes) =>
    Math.hypot(
      ...problem.resources.map(
        ({ deviationMbps = 0 }, r) => deviationMbps * ((slopesOfA[part][r] ?? 0) - (slopesOfB[part][r] ?? 0)),
      ),
    );
  return { unmetMbps: deviation('unmet'), objectiveMbps: deviation('objective') };
}

function slopesOf(problem: Problem, { mapping, paths }: Configuration): Slopes {
  const traffic = trafficOf(problem, mapping, paths);
  const count = problem.resources.length;
  const slopes = { unmet: new Float64Array(count), objective: new Float64Array(count) };
  const edges = new Set<number>();
  problem.demands.forEach(({ rateMbps }, demand) => {
    const route = traffic.routeOf(demand);
    if (!route.connected) return;
    addUnmet(slopes.unmet, traffic, route.resources, rateMbps);
    if (problem.objective.level === 'path') addBottleneck(slopes.objective, traffic, route.resources);
    else for (const edge of route.edges) edges.add(edge);
  });
  for (const edge of edges) addBottleneck(slopes.objective, traffic, at(problem.edges, edge).resources);
  return slopes;
}

/** A demand falls short by its rate times the part by which its most overloaded resource is. */
function addUnmet(slopes: Float64Array, traffic: Traffic, resources: readonly number[], rateMbps: number): void {
  const overload = (resource: number) => traffic.loadMbps(resource) / capacityOf(traffic, resource);
  const worst = resources.reduce((a, b) => (overload(b) > overload(a) ? b : a), resources[0] ?? -1);
  if (worst >= 0 && overload(worst) > 1) slopes[worst] = (slopes[worst] ?? 0) - rateMbps / traffic.loadMbps(worst);
}

/** A path or an edge has left what its narrowest resource has. */
function addBottleneck(slopes: Float64Array, traffic: Traffic, resources: readonly number[]): void {
  const left = (resource: number) => capacityOf(traffic, resource) - traffic.loadMbps(resource);
  const narrowest = resources.reduce((a, b) => (left(b) < left(a) ? b : a), resources[0] ?? -1);
  if (narrowest >= 0 && left(narrowest) > 0) slopes[narrowest] = (slopes[narrowest] ?? 0) + 1;
}

function capacityOf({ overlay }: Traffic, resource: number): number {
  return overlay.capacityMbps[resource] ?? 0;
}
