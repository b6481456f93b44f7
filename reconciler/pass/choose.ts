import type { Infeasible, Problem, ProblemScore, Solution } from '../model/problem.js';
import { isAdmissible } from '../vadapt/admissible.js';
import { evaluate } from '../vadapt/evaluate.js';
import { type SolveOptions, solve } from '../vadapt/solve.js';
import type { GainTerms } from './gain.js';
import { leversOf, pinned } from './levers.js';
import { type LeverLine, type Pulled, pullLevers } from './pull-levers.js';
import { better, percent, scoreText } from './wording.js';

/** The running configuration in the problem's indices. */
export interface Running {
  mapping: number[];
  /** For each demand. */
  paths: number[][];
  /** Pairs of hosts with a link between them. */
  links: (readonly [number, number])[];
}

export interface Choice {
  kind: 'choice';
  verdict: 'adapt' | 'keep';
  reason: string;
  solution: Solution;
  /** Null when some VM runs nowhere yet. */
  before: ProblemScore | null;
  /** What became of each lever; none when some VM runs nowhere yet. */
  levers: LeverLine[];
  /** Another configuration, for when the chosen one would move more VMs than is allowed: only what must move is moved. */
  fewerMoves: Solution | null;
}

/**
 * The least disruptive configuration that is good enough: what runs, if nothing is worth more; else what the levers reach, one after
 * the other, each only if it brings at least the minimum gain over the one before.
 */
export function choose(
  problem: Problem,
  running: Running | null,
  options: SolveOptions,
  terms: GainTerms,
): Choice | Infeasible {
  if (running === null) return firstChoice(problem, options);
  const { mapping, paths } = running;
  const before = evaluate(problem, mapping, paths);
  const kept = isAdmissible(problem, mapping, paths) ? asItRuns(running, before) : null;
  const pulled = pullLevers(problem, leversOf(problem, running), options, terms, kept);
  if (pulled.kind === 'infeasible') return pulled;
  const { solution, lever, inPlace, lines: levers } = pulled;
  const reason =
    kept === null ? 'What runs no longer satisfies the constraints.' : reasonOf(problem, terms, pulled, before);
  const fewerMoves = lever === 'migrate' ? inPlace : null;
  return { kind: 'choice', verdict: lever === null ? 'keep' : 'adapt', reason, solution, before, levers, fewerMoves };
}

/** The VMs that run stay where they are, if the others fit beside them. */
function firstChoice(problem: Problem, options: SolveOptions): Choice | Infeasible {
  const inPlace = solve(pinned(problem), options);
  const solution = 'kind' in inPlace ? solve(problem, options) : inPlace;
  if ('kind' in solution) return solution;
  const reason = 'Some VM runs nowhere yet.';
  return { kind: 'choice', verdict: 'adapt', reason, solution, before: null, levers: [], fewerMoves: null };
}

function asItRuns({ mapping, paths }: Running, score: ProblemScore): Solution {
  return {
    ...{ mapping, paths, score, bound: score, algorithm: 'as it runs', iterations: 0 },
    ...{ values: [score.objectiveMbps], boundValue: score.objectiveMbps, isProved: false },
  };
}

function reasonOf(
  problem: Problem,
  { minimumGain }: GainTerms,
  { solution, lever, inPlace }: Pulled,
  before: ProblemScore,
): string {
  const gained = better(problem, before, solution.score);
  switch (lever) {
    case 'reroute':
      return `Other paths over the links that are there are enough: ${gained}.`;
    case 'add-links':
      return `Other links and paths are enough: ${gained}.`;
    case 'migrate': {
      const others = inPlace ? ` Other paths alone would reach ${scoreText(inPlace.score)}.` : '';
      return `Moving VMs is worth it: ${gained}.${others}`;
    }
    case null:
      return minimumGain === null
        ? 'The application is changing: nothing is moved for what it wanted before.'
        : `Nothing found gains ${percent(minimumGain)} or more.`;
  }
}
