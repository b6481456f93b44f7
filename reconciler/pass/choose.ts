import type { Infeasible, Problem, ProblemScore, Solution } from '../model/problem.js';
import { isAdmissible } from '../vadapt/admissible.js';
import { evaluate } from '../vadapt/evaluate.js';
import { differenceDeviation } from '../vadapt/sensitivity.js';
import { type SolveOptions, solve } from '../vadapt/solve.js';

/** The running configuration in the problem's indices. */
export interface Running {
  mapping: number[];
  /** For each demand. */
  paths: number[][];
}

export interface Choice {
  kind: 'choice';
  verdict: 'adapt' | 'keep';
  reason: string;
  solution: Solution;
  /** Null when some VM runs nowhere yet. */
  before: ProblemScore | null;
  /** Another configuration, for when the chosen one would move more VMs than is allowed: only what must move is moved. */
  fewerMoves: Solution | null;
}

/**
 * The least disruptive configuration that is good enough: what runs, if nothing is worth more; else other links and paths for VMs
 * where they are; else migrations, if they bring at least `minimumGain` over that. Null: the demands are known to be out of date, so
 * no gain counts, only whether what runs may go on. At rest, when all has been looked at before, headroom has to be surer.
 */
export function choose(
  problem: Problem,
  running: Running | null,
  options: SolveOptions,
  minimumGain: number | null,
  isAtRest = false,
): Choice | Infeasible {
  const full = solve(problem, options);
  if ('kind' in full) return full;
  const inPlace = solve(pinned(problem), options);
  const rerouted = 'kind' in inPlace ? null : inPlace;
  if (running === null) return first(rerouted ?? full);
  const before = evaluate(problem, running.mapping, running.paths);
  const kept: Solution = {
    ...full,
    ...running,
    score: before,
    values: [before.objectiveMbps],
    isProved: false,
    algorithm: 'as it runs',
  };
  const isWorth = gainTest(problem, minimumGain ?? Number.POSITIVE_INFINITY, isAtRest);
  if (!isAdmissible(problem, running.mapping, running.paths)) {
    const solution = rerouted && !isWorth(rerouted, full) ? rerouted : full;
    return {
      kind: 'choice',
      verdict: 'adapt',
      reason: 'What runs no longer satisfies the constraints.',
      solution,
      before,
      fewerMoves: solution === full ? rerouted : null,
    };
  }
  if (rerouted && isWorth(kept, rerouted) && !isWorth(rerouted, full)) {
    const reason = `Other links and paths are enough: ${better(problem, before, rerouted.score)}.`;
    return { kind: 'choice', verdict: 'adapt', reason, solution: rerouted, before, fewerMoves: null };
  }
  if (isWorth(kept, full)) {
    const others = rerouted ? ` Other paths alone would reach ${scoreText(rerouted.score)}.` : '';
    const reason = `Moving VMs is worth it: ${better(problem, before, full.score)}.${others}`;
    return { kind: 'choice', verdict: 'adapt', reason, solution: full, before, fewerMoves: rerouted };
  }
  const reason =
    minimumGain === null
      ? 'The application is changing: nothing is moved for what it wanted before.'
      : `Nothing found gains ${Math.round(minimumGain * 100)} % or more.`;
  return {
    kind: 'choice',
    verdict: 'keep',
    reason,
    solution: kept,
    before,
    fewerMoves: null,
  };
}

function first(solution: Solution): Choice {
  return {
    kind: 'choice',
    verdict: 'adapt',
    reason: 'Some VM runs nowhere yet.',
    solution,
    before: null,
    fewerMoves: null,
  };
}

/** The same problem with every VM that runs somewhere it may stay kept there. */
function pinned(problem: Problem): Problem {
  const vms = problem.vms.map((vm) =>
    vm.current !== null && vm.allowed.includes(vm.current) ? { ...vm, allowed: [vm.current] } : vm,
  );
  return { ...problem, vms };
}

/** Standard deviations that a gain must exceed. */
const certainly = 2;
/** The same of headroom that was not worth it when the demands were new: figures that err make it look worth it at some time. */
const certainlyAtRest = 3;

/**
 * Whether `after` is worth leaving `before`: less unmet demand by the share `minimumGain` of all demand, or no more unmet demand
 * and an objective better by that share. Either way by more than can be put down to capacities that are not known exactly.
 */
function gainTest(
  problem: Problem,
  minimumGain: number,
  isAtRest: boolean,
): (before: Solution, after: Solution) => boolean {
  const totalMbps = problem.demands.reduce((sum, demand) => sum + demand.rateMbps, 0);
  const sign = problem.objective.goal === 'maximise' ? 1 : -1;
  return (before, after) => {
    const lessUnmet = before.score.unmetMbps - after.score.unmetMbps;
    const better = sign * (after.score.objectiveMbps - before.score.objectiveMbps);
    const isLess = lessUnmet > 0 && lessUnmet >= minimumGain * totalMbps;
    const leastBetter = minimumGain * Math.max(1, Math.abs(before.score.objectiveMbps));
    const isBetter = lessUnmet >= -1e-6 && better > 0 && better >= leastBetter;
    if (!isLess && !isBetter) return false;
    const chance = differenceDeviation(problem, before, after);
    const surely = (isAtRest ? certainlyAtRest : certainly) * chance.objectiveMbps;
    return (isLess && lessUnmet >= certainly * chance.unmetMbps) || (isBetter && better >= surely);
  };
}

function better(problem: Problem, before: ProblemScore, after: ProblemScore): string {
  if (before.unmetMbps - after.unmetMbps > 1e-6) {
    return `unmet demand falls from ${mbps(before.unmetMbps)} to ${mbps(after.unmetMbps)}`;
  }
  const verb = problem.objective.goal === 'maximise' ? 'rises' : 'falls';
  return `the objective ${verb} from ${mbps(before.objectiveMbps)} to ${mbps(after.objectiveMbps)}`;
}

function scoreText(score: ProblemScore): string {
  return `${mbps(score.unmetMbps)} unmet and an objective of ${mbps(score.objectiveMbps)}`;
}

function mbps(value: number): string {
  return `${Number(value.toFixed(1))} Mb/s`;
}
