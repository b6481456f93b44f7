import type { Problem, ProblemScore } from '../model/problem.js';
import type { Arrangement } from './engine/arrangement.js';
import { adopt, type Configured } from './engine/configuration.js';
import { emptyArrangement, settingOf } from './engine/setting.js';

/** What remains for one demand on its path. */
export interface DemandResidual {
  /** Residual capacity of the path's bottleneck, at least 0. */
  residualMbps: number;
  /** The bottleneck: place of the resource with the least residual capacity; null if the demand has no path. */
  bottleneck: number | null;
  /** What the path does not carry of the demand's rate. */
  shortfallMbps: number;
}

/** What a configuration is worth. */
export interface Worth {
  score: ProblemScore;
  /** How far hard constraints on groups, budgets and links are broken; 0 where they are kept. */
  excess: number;
}

/**
 * Value of a configuration (seed, eq. 2). The load of a resource is the sum of the rates of demands whose paths use it, once
 * for each time they cross it; co-located VMs use their host's internal resource. A demand falls short by the share of its
 * rate beyond what its most overloaded resource can carry, and entirely where its path misses an edge or is too long.
 */
export function evaluate(problem: Problem, mapping: readonly number[], paths: Configured['paths']): ProblemScore {
  return worthOf(problem, { mapping, paths }).score;
}

export function worthOf(problem: Problem, configuration: Configured): Worth {
  const { unmetMbps, values, excess } = arrangementOf(problem, configuration).standing();
  return { score: { unmetMbps, values: [...values] }, excess };
}

/** For each demand, what its path leaves it and where its bottleneck is. */
export function residuals(problem: Problem, mapping: readonly number[], paths: Configured['paths']): DemandResidual[] {
  const arrangement = arrangementOf(problem, { mapping, paths });
  return problem.demands.map((_, demand) => residualOf(arrangement, demand));
}

/** A configuration with its load, settled. Throws where a path does not join the hosts of its VMs. */
export function arrangementOf(problem: Problem, configuration: Configured): Arrangement {
  const { mapping, paths } = configuration;
  problem.demands.forEach(({ source, destination }, demand) => {
    const path = paths[demand] ?? [];
    const [from, to] = [mapping[source], mapping[destination]];
    if (path[0] !== from || path.at(-1) !== to)
      throw new Error(`path ${path.join(' ')} of demand ${demand} does not lead from host ${from} to host ${to}`);
  });
  const { arrangement } = emptyArrangement(settingOf(problem));
  adopt(arrangement, configuration);
  return arrangement;
}

function residualOf({ paths, graph, ledger }: Arrangement, demand: number): DemandResidual {
  const shortfallMbps = ledger.unmetOf(demand);
  let [least, bottleneck]: [number, number | null] = [Number.POSITIVE_INFINITY, null];
  for (const resource of resourcesOf(graph, paths, demand)) {
    const left = (graph.capacityMbps[resource] as number) - (paths.loadMbps[resource] as number);
    if (left < least) [least, bottleneck] = [left, resource];
  }
  return { residualMbps: bottleneck === null ? 0 : Math.max(0, least), bottleneck, shortfallMbps };
}

/** Resources on a demand's path, once for each crossing. */
export function resourcesOf(graph: Arrangement['graph'], paths: Arrangement['paths'], demand: number): number[] {
  const edges = paths.edgesOf(demand).subarray(0, paths.lengths[demand]);
  return Array.from(edges).flatMap((edge) =>
    Array.from(graph.edgeResources.subarray(graph.firstResource[edge], graph.firstResource[edge + 1])),
  );
}
