import type { Infeasible, Problem, Solution } from '../../model/problem.js';
import { type Bound, boundOf } from '../bounds/bound-of.js';
import { distanceSolution } from '../distance/distance-solution.js';
import { type Configured, configurationOf } from '../engine/configuration.js';
import { emptyArrangement, settingOf } from '../engine/setting.js';
import { compareStandings, type Standing } from '../engine/standing.js';
import { worthOf } from '../evaluate.js';
import { type Proof, prove } from '../exact/prove.js';
import { explainInfeasible } from '../infeasible/explain-infeasible.js';
import { isDistanceLane, type Landing, type Lane, type LaneResult } from './lane.js';
import { proofSteps } from './proof-steps.js';

const tolerance = 1e-6;

/** The best of what lanes found, of equals the first; infeasible where no lane found anything that may be. */
export function conclude(
  problem: Problem,
  lanes: readonly Lane[],
  results: readonly LaneResult[],
): Solution | Infeasible {
  const refused = results.find((result) => result.kind === 'infeasible');
  if (problem.distances !== undefined) {
    const placed = results.filter((result) => result.kind === 'placement' || result.kind === 'infeasible');
    return distanceSolution(problem, lanes.filter(isDistanceLane), placed);
  }
  const [first] = results;
  if (first?.kind === 'proof') return fromProof(problem, first, 'exact', first.steps) ?? explainInfeasible(problem);
  const best = bestOf(problem, results);
  if (best === null) return refused ?? explainInfeasible(problem);
  const { configuration, standing, place } = best;
  if (standing.excess > tolerance) return explainInfeasible(problem);
  const algorithm = nameOf(lanes[place]);
  const iterations = results.reduce((sum, each) => sum + (each.kind === 'landing' ? each.iterations : 0), 0);
  const steps = proofSteps(problem, lanes);
  if (steps > 0) {
    const proof = prove(problem, { start: configuration, steps });
    const solution = 'kind' in proof ? null : fromProof(problem, proof, algorithm, iterations);
    if (solution !== null) return solution;
  }
  return solutionOf(problem, configuration, { algorithm, iterations });
}

/** People asked for the engine; which of its lanes won is chance. */
function nameOf(lane: Lane | undefined): string {
  const isEngine = lane?.search === 'near' || lane?.search === 'hot' || lane?.search === 'far';
  return isEngine ? 'engine' : (lane?.search ?? '');
}

interface Best {
  configuration: ReturnType<typeof configurationOf>;
  standing: Standing;
  place: number;
}

function bestOf(problem: Problem, results: readonly LaneResult[]): Best | null {
  const { arrangement } = emptyArrangement(settingOf(problem));
  const { objective } = arrangement.ledger;
  let best: { landing: Landing; standing: Standing; place: number } | null = null;
  for (const [place, landing] of results.entries()) {
    if (landing.kind !== 'landing') continue;
    arrangement.restore(landing);
    const standing = arrangement.standing();
    if (best === null || compareStandings(objective, standing, best.standing) > 0) best = { landing, standing, place };
  }
  if (best === null) return null;
  arrangement.restore(best.landing);
  return { configuration: configurationOf(arrangement), standing: arrangement.standing(), place: best.place };
}

/** Valued anew, so that a configuration is worth the same to the last bit however it was found. */
function solutionOf(
  problem: Problem,
  configuration: ReturnType<typeof configurationOf>,
  from: Pick<Solution, 'algorithm' | 'iterations'>,
  bound: Bound = boundOf(problem),
  isProved = false,
): Solution {
  const { score } = worthOf(problem, configuration);
  // A proof adds up otherwise, and rounds otherwise.
  const proved = { unmetMbps: score.unmetMbps, value: score.values[0] ?? bound.value };
  return { ...configuration, score, bound: isProved ? proved : bound, isProved, ...from };
}

/** Null where the proof found no configuration. */
function fromProof(
  problem: Problem,
  { best, bound, isProved }: Proof,
  algorithm: string,
  iterations: number,
): Solution | null {
  if (best === null) return null;
  const { mapping, paths }: Configured = best;
  const configuration = { mapping: [...mapping], paths: paths.map((hosts) => [...hosts]) };
  const known = boundOf(problem);
  const sign = problem.objective.goal === 'maximise' ? 1 : -1;
  const tighter = sign * bound.value <= sign * known.value ? bound.value : known.value;
  const both = { unmetMbps: Math.max(bound.unmetMbps, known.unmetMbps), value: tighter };
  return solutionOf(problem, configuration, { algorithm, iterations }, both, isProved);
}
