import type { Problem, ProblemScore } from '../model/problem.js';
import type { Arrangement } from './engine/arrangement.js';
import type { Configured } from './engine/configuration.js';
import { arrangementOf, resourcesOf } from './evaluate.js';

/** By resource: by how much each part of a configuration's value grows with the resource's capacity. */
interface Slopes {
  unmet: Float64Array;
  objective: Float64Array;
}

/**
 * Standard deviation of the difference between two configurations' values that comes from capacities not being known exactly; what
 * both rest on alike does not count. Seed: capacities that are not reserved are normal random variables. Of objectives with an
 * expression of their own, by what their level means: the room on paths or edges.
 */
export function differenceDeviation(problem: Problem, a: Configured, b: Configured): ProblemScore {
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

function slopesOf(problem: Problem, configuration: Configured): Slopes {
  const arrangement = arrangementOf(problem, configuration);
  const { graph, paths } = arrangement;
  const count = problem.resources.length;
  const slopes = { unmet: new Float64Array(count), objective: new Float64Array(count) };
  const edges = new Set<number>();
  problem.demands.forEach(({ rateMbps }, demand) => {
    const resources = resourcesOf(graph, paths, demand);
    if (resources.length === 0) return;
    addUnmet(slopes.unmet, arrangement, resources, rateMbps);
    if (problem.objective.level === 'path') addBottleneck(slopes.objective, arrangement, resources);
    else for (const edge of paths.edgesOf(demand).subarray(0, paths.lengths[demand])) edges.add(edge);
  });
  for (const edge of edges) {
    const resources = problem.edges[edge]?.resources;
    if (resources !== undefined) addBottleneck(slopes.objective, arrangement, resources);
  }
  return slopes;
}

/** A demand falls short by its rate times the part by which its most overloaded resource is. */
function addUnmet(
  slopes: Float64Array,
  { graph, paths }: Arrangement,
  resources: readonly number[],
  rateMbps: number,
): void {
  const overload = (resource: number) =>
    (paths.loadMbps[resource] as number) / (graph.capacityMbps[resource] as number);
  const worst = resources.reduce((a, b) => (overload(b) > overload(a) ? b : a), resources[0] ?? -1);
  if (worst >= 0 && overload(worst) > 1)
    slopes[worst] = (slopes[worst] ?? 0) - rateMbps / (paths.loadMbps[worst] as number);
}

/** A path or an edge has left what its narrowest resource has. */
function addBottleneck(slopes: Float64Array, { graph, paths }: Arrangement, resources: readonly number[]): void {
  const left = (resource: number) => (graph.capacityMbps[resource] as number) - (paths.loadMbps[resource] as number);
  const narrowest = resources.reduce((a, b) => (left(b) < left(a) ? b : a), resources[0] ?? -1);
  if (narrowest >= 0 && left(narrowest) > 0) slopes[narrowest] = (slopes[narrowest] ?? 0) + 1;
}
