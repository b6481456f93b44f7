import { readObjective } from '../../schema/objective/read-objective.js';
import type { Problem } from '../model/problem.js';
import type { Arrangement } from './engine/arrangement.js';
import type { Configured } from './engine/configuration.js';
import { ranksOf } from './engine/setting.js';
import { arrangementOf, resourcesOf } from './evaluate.js';
import { keyOf } from './objective/tree.js';
import { slopesByDifferences } from './slopes-by-differences.js';

/** By resource: by how much each part of a configuration's value grows with the resource's capacity. */
interface Slopes {
  unmet: Float64Array;
  value: Float64Array;
}

/** Of a difference between two configurations: of unmet demand, and of one rank of the objective in its own unit. */
export interface Deviation {
  unmetMbps: number;
  value: number;
}

/**
 * Standard deviation of the difference between two configurations' values that comes from capacities not being known exactly; what
 * both rest on alike does not count. Seed: capacities that are not reserved are normal random variables. To first order: exactly what
 * a change of each capacity does to room on paths or edges, and by small differences what it does to any other expression.
 */
export function differenceDeviation(problem: Problem, a: Configured, b: Configured, rank = 0): Deviation {
  if (problem.resources.every(({ deviationMbps = 0 }) => deviationMbps === 0)) return { unmetMbps: 0, value: 0 };
  const [slopesOfA, slopesOfB] = [slopesOf(problem, a, rank), slopesOf(problem, b, rank)];
  const deviation = (part: keyof Slopes) =>
    Math.hypot(
      ...problem.resources.map(
        ({ deviationMbps = 0 }, r) => deviationMbps * ((slopesOfA[part][r] ?? 0) - (slopesOfB[part][r] ?? 0)),
      ),
    );
  return { unmetMbps: deviation('unmet'), value: deviation('value') };
}

function slopesOf(problem: Problem, configuration: Configured, rank: number): Slopes {
  const arrangement = arrangementOf(problem, configuration);
  const unmet = new Float64Array(problem.resources.length);
  problem.demands.forEach(({ rateMbps }, demand) => {
    const resources = resourcesOf(arrangement.graph, arrangement.paths, demand);
    if (resources.length > 0) addUnmet(unmet, arrangement, resources, rateMbps);
  });
  const one = ranksOf(problem)[rank];
  if (one === undefined) throw new Error(`the objective has no rank ${rank}`);
  const key = keyOf(one.tree);
  if (key === presetKeys.path) return { unmet, value: pathSlopes(problem, arrangement) };
  if (key === presetKeys.edge) return { unmet, value: edgeSlopes(problem, arrangement) };
  return { unmet, value: slopesByDifferences(problem, configuration, rank) };
}

const presetKeys = { path: presetKey('path'), edge: presetKey('edge') };

function presetKey(level: 'path' | 'edge'): string {
  const read = readObjective({ level, goal: 'maximise' });
  const [rank] = read.kind === 'objective' ? read.ranks : [];
  if (rank === undefined) throw new Error(`the preset of level ${level} is refused`);
  return keyOf(rank.tree);
}

function pathSlopes({ resources, demands }: Problem, arrangement: Arrangement): Float64Array {
  const slopes = new Float64Array(resources.length);
  for (const demand of demands.keys())
    addBottleneck(slopes, arrangement, resourcesOf(arrangement.graph, arrangement.paths, demand));
  return slopes;
}

function edgeSlopes({ resources, edges }: Problem, arrangement: Arrangement): Float64Array {
  const slopes = new Float64Array(resources.length);
  const { taken } = arrangement.paths;
  for (const [edge, { resources: along }] of edges.entries())
    if (taken[edge] !== 0) addBottleneck(slopes, arrangement, along);
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
