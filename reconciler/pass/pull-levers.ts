import type { Infeasible, Problem, ProblemScore, Solution } from '../model/problem.js';
import { isAdmissible } from '../vadapt/admissible.js';
import { type SolveOptions, solve } from '../vadapt/solve.js';
import type { Settle } from './fixed-paths.js';
import { type GainTerms, isBetterScore, type Weighed, weigh } from './gain.js';
import type { Lever, LeverKind } from './levers.js';
import { type Patience, whyTooEarly } from './patience.js';
import { percent } from './wording.js';

/**
 * One lever: what it would reach, and why it was pulled or not. `surpassed`: it would do, but a more disruptive one brings the minimum
 * gain on top; `too-early`: it waits for what will be known soon; `impossible`: nothing that it leaves open keeps
 * the constraints.
 */
export interface LeverLine {
  lever: LeverKind;
  outcome: 'pulled' | 'surpassed' | 'too-early' | 'unavailable' | 'impossible' | Exclude<Weighed['kind'], 'worth'>;
  score: ProblemScore | null;
  reason: string;
}

export interface Pulled {
  kind: 'pulled';
  solution: Solution;
  /** Null: nothing is worth it. */
  lever: LeverKind | null;
  /** The best that was found with all VMs where they are; null if there is none. */
  inPlace: Solution | null;
  lines: LeverLine[];
}

/** How to search, and what of it what is found has to keep. */
type Search = SolveOptions & { settle: Settle };

interface Attempt {
  lever: LeverKind;
  /** What it would leave open if no VM rested; left out if none does. */
  rested?: Problem | undefined;
  gainFactor: number;
  solution: Solution;
}

/** A lever that reaches nothing. */
interface Vain {
  lever: LeverKind;
  solution: null;
  outcome: 'unavailable' | 'impossible';
  reason: string;
}

/**
 * Pulls the levers in order, each if it is worth leaving for it what the ones before have reached.
 * VMs do not migrate while there is something to wait for.
 * @param kept what runs; null if it may not go on
 */
export function pullLevers(
  problem: Problem,
  levers: readonly Lever[],
  options: Search,
  terms: GainTerms,
  kept: Solution | null,
  patience: Patience,
): Pulled | Infeasible {
  const tried = attempts(problem, levers, options);
  if ('kind' in tried) return tried;
  const reached = tried.filter((each): each is Attempt => each.solution !== null);
  // Where what runs may go on, but for the processors of VMs, those are changed, and paths only if that is worth it.
  const schedule = kept === null ? null : (reached.find(({ lever }) => lever === 'schedule') ?? null);
  const first = kept === null ? (reached.find((each) => isLasting(problem, each)) ?? reached[0] ?? null) : null;
  let pulled = first ?? schedule;
  let chosen = kept ?? first?.solution ?? null;
  if (chosen === null) throw new Error('no lever reaches anything, yet nothing was infeasible');
  const weighed = new Map<Attempt | Vain, Weighed>();
  const early = new Map<Attempt | Vain, string>();
  for (const each of reached.slice(first === null ? 0 : reached.indexOf(first) + 1)) {
    const found = weigh(problem, terms, chosen, each.solution, each.gainFactor);
    const isWaiting = kept !== null && isMigration(each.lever) && found.kind === 'worth';
    const wait = isWaiting
      ? (whyTooEarly(problem, patience, kept, chosen) ?? waitsForResting(problem, options, terms, each))
      : null;
    if (wait !== null) {
      early.set(each, wait);
      continue;
    }
    weighed.set(each, found);
    if (found.kind === 'worth') [pulled, chosen] = [each, each.solution];
  }
  const widest = reached.at(-1)?.solution ?? chosen;
  const { bound } = widest;
  const lines = tried.map((each): LeverLine => {
    if (each.solution === null) return { lever: each.lever, outcome: each.outcome, score: null, reason: each.reason };
    const wait = early.get(each);
    if (wait !== undefined)
      return { lever: each.lever, outcome: 'too-early', score: each.solution.score, reason: wait };
    const isPulled = each === pulled;
    const found = each === schedule ? 'first' : (weighed.get(each) ?? (each === first ? 'first' : 'breach'));
    const least = each.gainFactor * (terms.minimumGain ?? 0);
    const told = isPulled ? pulledLine(found) : passedOver(found, least, weighed.get(pulled ?? each)?.gain ?? 0);
    return { lever: each.lever, score: each.solution.score, ...told };
  });
  return {
    kind: 'pulled',
    solution: { ...chosen, bound, isProved: chosen === widest && widest.isProved },
    lever: pulled?.lever ?? null,
    inPlace: reached.findLast(({ lever }) => !isMigration(lever))?.solution ?? null,
    lines,
  };
}

/** What each lever reaches, the milder ones first; infeasible if none reaches anything. */
function attempts(problem: Problem, levers: readonly Lever[], options: Search): (Attempt | Vain)[] | Infeasible {
  const tried: (Attempt | Vain)[] = [];
  let best: Solution | null = null;
  let infeasible: Infeasible | null = null;
  for (const lever of levers) {
    if (lever.problem === null) {
      tried.push({ lever: lever.kind, solution: null, outcome: lever.outcome, reason: lever.reason });
      continue;
    }
    const found = solve(lever.problem, options);
    if ('kind' in found) {
      infeasible = found;
      tried.push({ lever: lever.kind, solution: null, outcome: 'impossible', reason: found.message });
      continue;
    }
    const settled = options.settle(found);
    if (settled === null) {
      const reason = 'It would lead frames another way that was taken back a while ago.';
      tried.push({ lever: lever.kind, solution: null, outcome: 'impossible', reason });
      continue;
    }
    best = betterOf(problem, best, settled);
    const { kind, gainFactor, rested } = lever;
    tried.push({ lever: kind, gainFactor, rested, solution: best });
  }
  return best === null && infeasible !== null ? infeasible : tried;
}

/** What a milder lever reaches is open to this one too, whether or not the search has come upon it. */
function betterOf(problem: Problem, milder: Solution | null, found: Solution): Solution {
  if (milder === null || !isBetterScore(problem, milder.score, found.score)) return found;
  return { ...milder, bound: found.bound };
}

/** VMs do not move round those that rest, to where they would leave again when all may move. */
function waitsForResting(
  problem: Problem,
  options: Search,
  terms: GainTerms,
  { rested, solution }: Attempt,
): string | null {
  if (rested === undefined) return null;
  const found = solve(rested, options);
  if ('kind' in found || weigh(problem, terms, solution, found).kind !== 'worth') return null;
  return 'It would be better still to move VMs that rest, which were moved a moment ago.';
}

function isLasting(problem: Problem, { solution }: Attempt): boolean {
  return isAdmissible(problem, solution.mapping, solution.paths);
}

/** Why a lever was pulled when what runs may not go on. */
export const keepsConstraints = 'It keeps the constraints.';

type Told = Pick<LeverLine, 'outcome' | 'reason'>;
/** `first`: the mildest that keeps the constraints, where what runs does not; `breach`: it does not either. */
type Found = Weighed | 'first' | 'breach';

function pulledLine(found: Found): Told {
  const reason = typeof found === 'string' ? keepsConstraints : `${gains(found)}.`;
  return { outcome: 'pulled', reason };
}

function passedOver(found: Found, least: number, moreGain: number): Told {
  if (found === 'breach') return { outcome: 'impossible', reason: 'Some constraint stays broken.' };
  if (found === 'first' || found.kind === 'worth')
    return { outcome: 'surpassed', reason: `It would do, but what was chosen gains another ${percent(moreGain)}.` };
  if (found.kind === 'not-now') return { outcome: 'not-now', reason: 'The application is changing: no gain counts.' };
  if (found.kind === 'uncertain')
    return { outcome: 'uncertain', reason: `${gains(found)}, which may be an error of measurement.` };
  return { outcome: 'too-little', reason: `${gains(found)}; ${percent(least)} is the least.` };
}

function gains({ gain, cost }: Weighed): string {
  if (gain <= 0) return 'It gains nothing';
  return `It gains ${percent(gain)}${cost > 0 ? `, less ${percent(cost)} for migrations` : ''}`;
}

export function isMigration(lever: LeverKind | null): boolean {
  return lever === 'migrate' || lever === 'return';
}
