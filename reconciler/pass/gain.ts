import type { Problem, ProblemScore, Solution } from '../model/problem.js';
import { differenceDeviation } from '../vadapt/sensitivity.js';

/** What a change has to bring. */
export interface GainTerms {
  /** Smallest relative improvement worth a change. Null: the demands are known to be out of date, so no gain counts. */
  minimumGain: number | null;
  /** All has been looked at before: headroom has to be surer. */
  isAtRest: boolean;
}

export interface Weighed {
  /** `uncertain`: it may be an error of measurement; `not-now`: no gain counts. */
  kind: 'worth' | 'too-little' | 'uncertain' | 'not-now';
  /** Relative improvement: of unmet demand by all demand where less is unmet, else of the objective. */
  gain: number;
}

/** Standard deviations that a gain must exceed. */
const certainly = 2;
/** The same of headroom that was not worth it when the demands were new: figures that err make it look worth it at some time. */
const certainlyAtRest = 3;
/** Rates closer than this are equal. */
const toleranceMbps = 1e-6;

/**
 * Whether `after` is worth leaving `before`: less unmet demand by the share `minimumGain` of all demand, or no more unmet demand
 * and an objective better by that share. Either way by more than can be put down to capacities that are not known exactly.
 */
export function weigh(problem: Problem, terms: GainTerms, before: Solution, after: Solution): Weighed {
  const totalMbps = problem.demands.reduce((sum, demand) => sum + demand.rateMbps, 0);
  const lessUnmet = before.score.unmetMbps - after.score.unmetMbps;
  const better = betterBy(problem, before.score, after.score);
  const scale = Math.max(1, Math.abs(before.score.objectiveMbps));
  const gain = lessUnmet > toleranceMbps ? lessUnmet / totalMbps : lessUnmet >= -toleranceMbps ? better / scale : 0;
  const least = terms.minimumGain;
  if (least === null) return { kind: 'not-now', gain };
  const isLess = lessUnmet > 0 && lessUnmet >= least * totalMbps;
  const isBetter = lessUnmet >= -toleranceMbps && better > 0 && better >= least * scale;
  if (!isLess && !isBetter) return { kind: 'too-little', gain };
  const chance = differenceDeviation(problem, before, after);
  const surely = (terms.isAtRest ? certainlyAtRest : certainly) * chance.objectiveMbps;
  const isSure = (isLess && lessUnmet >= certainly * chance.unmetMbps) || (isBetter && better >= surely);
  return { kind: isSure ? 'worth' : 'uncertain', gain };
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
