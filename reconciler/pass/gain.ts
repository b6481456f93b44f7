import type { Problem, ProblemScore, Solution } from '../model/problem.js';
import { ranksOf } from '../vadapt/engine/setting.js';
import { compareRanks } from '../vadapt/objective/compare.js';
import { differenceDeviation } from '../vadapt/sensitivity.js';
import { lostMbit } from './migration-cost.js';
import { improvementOf } from './objective-improvement.js';

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
  /** Relative improvement: of unmet demand by all demand, or of the objective; the one that makes it worth it, else the greater. */
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
  const { rank, better, scale } = improvementOf(problem, before, after);
  const lost = Math.max(0, lostMbit(problem, after.mapping) - lostMbit(problem, before.mapping));
  const cost = totalMbps > 0 ? lost / terms.paybackSeconds / totalMbps : 0;
  const isNoWorse = lessUnmet >= -toleranceMbps;
  const gainOfUnmet = lessUnmet > toleranceMbps ? lessUnmet / totalMbps : 0;
  const gainOfObjective = isNoWorse ? better / scale : 0;
  const gain = Math.max(gainOfUnmet, gainOfObjective);
  if (terms.minimumGain === null) return { kind: 'not-now', gain, cost };
  const least = gainFactor * terms.minimumGain + cost;
  const isLess = lessUnmet > 0 && lessUnmet >= least * totalMbps;
  const isBetter = isNoWorse && better > 0 && better >= least * scale;
  if (!isLess && !isBetter) return { kind: 'too-little', gain, cost };
  const chance = differenceDeviation(problem, before, after, rank);
  const surely = (terms.isAtRest ? certainlyAtRest : certainly) * chance.value;
  if (isLess && lessUnmet >= certainly * chance.unmetMbps) return { kind: 'worth', gain: gainOfUnmet, cost };
  if (isBetter && better >= surely) return { kind: 'worth', gain: gainOfObjective, cost };
  return { kind: 'uncertain', gain: isLess ? gainOfUnmet : gainOfObjective, cost };
}

/** Whether `a` leaves less unmet, or as much and its objective is better. */
export function isBetterScore(problem: Problem, a: ProblemScore, b: ProblemScore): boolean {
  const lessUnmet = b.unmetMbps - a.unmetMbps;
  if (Math.abs(lessUnmet) > toleranceMbps) return lessUnmet > 0;
  return compareRanks(ranksOf(problem), a.values, b.values) > 0;
}
