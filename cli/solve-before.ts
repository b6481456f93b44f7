import type { Infeasible, Problem, Solution } from '../reconciler/model/problem.js';
import { distanceSolution } from '../reconciler/vadapt/distance/distance-solution.js';
import { solve } from '../reconciler/vadapt/solve.js';
import type { Before } from '../schema/generated/types.js';

/** Enough to route some hundred demands well. */
const iterations = 2000;

/** What there would be if every VM stayed where it runs, with paths chosen anew; null if one runs nowhere, or must not stay. */
export function standsNow(problem: Problem, seed: number): Before | null {
  const staying = problem.vms.flatMap(({ current, allowed }) =>
    current !== null && allowed.includes(current) ? [current] : [],
  );
  if (staying.length < problem.vms.length) return null;
  const found = problem.distances === undefined ? routed(problem, staying, seed) : placed(problem, staying);
  return 'kind' in found ? null : found.score;
}

function routed(problem: Problem, mapping: readonly number[], seed: number): Solution | Infeasible {
  const vms = problem.vms.map((vm, place) => ({ ...vm, allowed: mapping.slice(place, place + 1) }));
  return solve({ ...problem, vms }, { algorithm: 'engine', seed, iterations });
}

/** By distance, paths are what they are. */
function placed(problem: Problem, mapping: number[]): Solution | Infeasible {
  return distanceSolution(problem, [], [{ kind: 'placement', mapping, iterations: 0 }]);
}
