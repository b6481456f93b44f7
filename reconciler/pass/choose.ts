import type { GoingBack } from '../../schema/generated/types.js';
import type { Configuration } from '../model/configuration.js';
import type { Infeasible, Problem, ProblemScore, Solution } from '../model/problem.js';
import { isAdmissible } from '../vadapt/admissible.js';
import { boundOf } from '../vadapt/bounds/bound-of.js';
import { evaluate } from '../vadapt/evaluate.js';
import { type SolveOptions, solve } from '../vadapt/solve.js';
import { asFound, fixedPaths } from './fixed-paths.js';
import type { GainTerms } from './gain.js';
import type { Holds } from './holds.js';
import { confined, type Lever, leversOf, pinned } from './levers.js';
import type { Patience } from './patience.js';
import { isMigration, type LeverLine, type Pulled, pullLevers } from './pull-levers.js';
import type { Running } from './running.js';
import { type InPlace, leavingReason, repartitionReason, schedulesInPlace } from './schedules.js';
import { better, percent, scoreText } from './wording.js';

/** By what to decide, beside the problem. */
export interface Question {
  /** Null while some VM runs nowhere. */
  running: Running | null;
  options: SolveOptions;
  terms: GainTerms;
  holds: Holds;
  patience: Patience;
  /** Places of demands whose paths stay as they are; left out: none. */
  fixed?: ReadonlySet<number>;
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
  /** What runs, for when the chosen one would re-route more links than is allowed; null where that is chosen, or cannot stay. */
  asItRuns?: Solution | null;
  /** Left out: it goes back to nothing that was before. */
  back?: { to: GoingBack; configuration: Configuration };
}

/**
 * The least disruptive configuration that is good enough: what runs, if nothing is worth more; else what the levers reach, one after
 * the other, each only if it brings at least the minimum gain over the one before.
 */
export function choose(
  problem: Problem,
  { running, options, terms, holds, patience, fixed }: Question,
): Choice | Infeasible {
  if (running === null) return firstChoice(problem, options, holds);
  const { mapping, paths } = running;
  const before = evaluate(problem, mapping, paths);
  const kept = isAdmissible(problem, mapping, paths) ? unchanged(running, before) : null;
  const scheduled = schedulesInPlace(problem);
  // VMs whose host cannot keep their schedules leave, and none for a better objective along with them.
  const open = scheduled.kind === 'impossible' ? { ...problem, maxMigrations: 0 } : problem;
  // What may not go on as it runs is put right, whatever was taken back before.
  const settle = kept === null ? asFound : fixedPaths(open, running, fixed);
  const levers = (held: Holds) => leversOf(open, running, held, terms.returnFactor, scheduled);
  if (kept !== null && terms.minimumGain === null && scheduled.kind === 'kept')
    return leftAlone(problem, kept, levers(holds));
  const pull = (held: Holds) => pullLevers(open, levers(held), { ...options, settle }, terms, kept, patience);
  const within = pull(holds);
  // Where VMs have to leave and do not fit otherwise, those that rest or were moved lately make room, too.
  const pulled = kept === null && !isSound(problem, within) ? pull(noHolds) : within;
  if (pulled.kind === 'infeasible') return pulled;
  const { solution, lever, inPlace, lines } = pulled;
  const why =
    kept === null
      ? 'What runs no longer satisfies the constraints.'
      : reasonOf(problem, terms, pulled, before, scheduled);
  const reason = [why, ...scheduleReasons(problem, scheduled, pulled)].join(' ');
  const fewerMoves = isMigration(lever) ? inPlace : null;
  const verdict = lever === null ? 'keep' : 'adapt';
  const asItRuns = lever === null ? null : kept;
  return { kind: 'choice', verdict, reason, solution, before, levers: lines, fewerMoves, asItRuns };
}

/** While no gain counts, whatever a search found would be left: it is not searched. */
function leftAlone(problem: Problem, kept: Solution, levers: readonly Lever[]): Choice {
  const reason = 'The application is changing: no gain counts.';
  const lines = levers.map((each): LeverLine => {
    const why =
      each.problem === null ? { outcome: each.outcome, reason: each.reason } : { outcome: 'not-now' as const, reason };
    return { lever: each.kind, score: null, ...why };
  });
  return {
    ...{ kind: 'choice', verdict: 'keep', reason: changing, solution: { ...kept, bound: boundOf(problem) } },
    ...{ before: kept.score, levers: lines, fewerMoves: null, asItRuns: null },
  };
}

const changing = 'The application is changing: nothing is moved for what it wanted before.';

/** What schedules have to do with a choice. */
function scheduleReasons(problem: Problem, scheduled: InPlace, { solution, lever }: Pulled): string[] {
  if (scheduled.kind === 'repartition' && lever !== 'schedule') return [repartitionReason(problem, scheduled)];
  const leaving = scheduled.kind === 'impossible' ? leavingReason(problem, scheduled, solution.mapping) : '';
  return leaving === '' ? [] : [leaving];
}

const noHolds: Holds = { staying: new Map(), left: new Map() };

function isSound(problem: Problem, pulled: Pulled | Infeasible): boolean {
  return pulled.kind === 'pulled' && isAdmissible(problem, pulled.solution.mapping, pulled.solution.paths);
}

/** The VMs that run stay where they are, if the others fit beside them. */
function firstChoice(problem: Problem, options: SolveOptions, holds: Holds): Choice | Infeasible {
  const inPlace = solve(pinned(problem), options);
  const within = 'kind' in inPlace ? solve(confined(problem, holds), options) : inPlace;
  const solution = 'kind' in within ? solve(problem, options) : within;
  if ('kind' in solution) return solution;
  const reason = 'Some VM runs nowhere yet.';
  return { kind: 'choice', verdict: 'adapt', reason, solution, before: null, levers: [], fewerMoves: null };
}

const asIs = 'as it runs';

function unchanged({ mapping, paths }: Running, score: ProblemScore): Solution {
  return {
    ...{ mapping, paths, score, algorithm: asIs, iterations: 0, isProved: false },
    bound: { unmetMbps: score.unmetMbps, value: score.values[0] ?? 0 },
  };
}

function reasonOf(
  problem: Problem,
  { minimumGain }: GainTerms,
  { solution, lever, inPlace, lines }: Pulled,
  before: ProblemScore,
  scheduled: InPlace,
): string {
  const gained = better(problem, before, solution.score, minimumGain ?? 0);
  switch (lever) {
    case 'reroute':
      return `Other paths over the links that are there are enough: ${gained}.`;
    case 'add-links':
      return `Other links and paths are enough: ${gained}.`;
    case 'schedule': {
      const repartition = repartitionReason(problem, scheduled);
      return solution.algorithm === asIs ? repartition : `${repartition} Other paths are worth it, too: ${gained}.`;
    }
    case 'migrate':
    case 'return': {
      const others = inPlace ? ` Other paths alone would reach ${scoreText(problem, inPlace.score)}.` : '';
      const what = lever === 'return' ? 'Moving VMs back to where they were' : 'Moving VMs';
      return `${what} is worth it: ${gained}.${others}`;
    }
    case null: {
      if (minimumGain === null) return changing;
      const early = lines.find(({ outcome }) => outcome === 'too-early');
      return early ? `Nothing is moved yet. ${early.reason}` : `Nothing found gains ${percent(minimumGain)} or more.`;
    }
  }
}
