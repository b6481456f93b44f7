import type { Problem, ProblemScore } from '../model/problem.js';
import { at } from './at.js';
import { overlayOf } from './overlay.js';
import { routeOver } from './route.js';
import { type DemandResidual, Traffic } from './traffic.js';

/**
 * Value of a configuration (seed, eq. 2). The load of a resource is the sum of the rates of demands whose paths use it, once
 * for each time they cross it; co-located VMs use their host's internal resource. A demand falls short by the share of its
 * rate beyond what its most overloaded resource can carry, and entirely where its path misses an edge.
 */
export function evaluate(
  problem: Problem,
  mapping: readonly number[],
  paths: readonly (readonly number[])[],
): ProblemScore {
  return trafficOf(problem, mapping, paths).score();
}

/** For each demand, what its path leaves it and where its bottleneck is. */
export function residuals(
  problem: Problem,
  mapping: readonly number[],
  paths: readonly (readonly number[])[],
): DemandResidual[] {
  const traffic = trafficOf(problem, mapping, paths);
  return problem.demands.map((_, demand) => traffic.residualOf(demand));
}

/** The demands on their paths. Throws where a path does not join the hosts of its VMs. */
export function trafficOf(
  problem: Problem,
  mapping: readonly number[],
  paths: readonly (readonly number[])[],
): Traffic {
  const overlay = overlayOf(problem);
  const traffic = new Traffic(overlay);
  problem.demands.forEach(({ source, destination }, demand) => {
    const path = at(paths, demand);
    const [from, to] = [at(mapping, source), at(mapping, destination)];
    if (path[0] !== from || path.at(-1) !== to)
      throw new Error(`path ${path.join(' ')} of demand ${demand} does not lead from host ${from} to host ${to}`);
    traffic.set(demand, routeOver(overlay, path));
  });
  return traffic;
}
