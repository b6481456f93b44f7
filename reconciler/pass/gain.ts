import type { Problem, ProblemScore, Solution } from '../model/problem.js';
import { differenceDeviation } from '../vadapt/sensitivity.js';
import { lostMbit } from './migration-cost.js';

/** What a change has to bring. */
export interface GainTerms {
  /** Smallest relative improvement worth a change. Null: the demands are known to be out of date, so no gain counts. */
  minimumGain: number | null;
  /** All has been looked at before: headroom has to be surer. */
  isAtRest: boolean;
  /** Time over which a gain has to outweigh its migrations. */
  paybackSeconds: number;
  /** How many times the minimum gain VMs have to bring that go back to where they were. */
  returnFactor: number;
}

export interface Weighed {
  /** `uncertain`: it may be an error of measurement; `not-now`: no gain counts. */
  kind: 'worth' | 'too-little' | 'uncertain' | 'not-now';
  /** Relative improvement: of unmet demand by all demand where less is unmet, else of the objective. */
  gain: number;
  /** What migrations take off it: what VMs exchange while they migrate, as a share of all demand over the time of payback. */
  cost: number;
}

/** Standard deviations that a gain must exceed. */
const certainly = 2;
/** The same of headroom that was not worth it when the demands were new: figures that err make it look worth it at some time. */
const certainlyAtRest = 3;
/** Rates closer than this are equal. */
const toleranceMbps = 1e-6;

/**
 * Whether `after` is worth leaving `before`: less unmet demand by the share `minimumGain` of all demand, or no more unmet demand
 * and an objective better by that share, net of what migrations cost. Either way by more than can be put down to capacities that are
 * not known exactly.
 * @param gainFactor how many times the minimum gain is asked for
 */
export function weigh(problem: Problem, terms: GainTerms, before: Solution, after: Solution, gainFactor = 1): Weighed {
  const totalMbps = problem.demands.reduce((sum, demand) => sum + demand.rateMbps, 0);
  const lessUnmet = before.score.unmetMbps - after.score.unmetMbps;
  const better = betterBy(problem, before.score, after.score);
  const scale = Math.max(1, Math.abs(before.score.objectiveMbps));
  const gain = lessUnmet > toleranceMbps ? lessUnmet / totalMbps : lessUnmet >= -toleranceMbps ? better / scale : 0;
  const cost = Math.max(0, lostMbit(problem, after.mapping) - lostMbit(problem, before.mapping));
  const costShare = totalMbps > 0 ? cost / terms.paybackSeconds / totalMbps : 0;
  if (terms.minimumGain === null) return { kind: 'not-now', gain, cost: costShare };
  const least = gainFactor * terms.minimumGain + costShare;
  const isLess = lessUnmet > 0 && lessUnmet >= least * totalMbps;
  const isBetter = lessUnmet >= -toleranceMbps && better > 0 && better >= least * scale;
  if (!isLess && !isBetter) return { kind: 'too-little', gain, cost: costShare };
  const chance = differenceDeviation(problem, before, after);
  const surely = (terms.isAtRest ? certainlyAtRest : certainly) * chance.objectiveMbps;
  const isSure = (isLess && lessUnmet >= certainly * chance.unmetMbps) || (isBetter && better >= surely);
  return { kind: isSure ? 'worth' : 'uncertain', gain, cost: costShare };
}

/** How much better the objective of `after` is, whatever the goal. */
function betterBy({ objective: { goal } }: Problem, before: ProblemScore, after: ProblemScore): number {
  return (goal === 'maximise' ? 1 : -1) * (after.objectiveMbps - before.objectiveMbps);
}

/** Whether `a` leaves less unmet, or as much and its objective is better. */
export function isBetterScore(problem: Problem, a: ProblemScore, b: ProblemScore): boolean {
  const lessUnmet = b.unmetMbps - a.unmetMbps;
  return Math.abs(lessUnmet) > toleranceMbps ? lessUnmet > 0 : betterBy(problem, b, a) > toleranceMbps;
}
