import { isSameUnit, rateUnit } from '../../schema/objective/units.js';
import type { Problem, Solution } from '../model/problem.js';
import { ranksOf } from '../vadapt/engine/setting.js';
import { magnitudeOf } from '../vadapt/magnitude.js';
import { decidingRank } from '../vadapt/objective/compare.js';

export interface Improvement {
  /** The rank of the objective that decides between the two: the first in which they differ. */
  rank: number;
  /** How much better `after` is in it, whatever the goal; in the unit of the rank. */
  better: number;
  /** What to hold that against: what the rank adds up before, at least 1 Mb/s of rates; never 0. */
  scale: number;
}

/** How much better the objective of `after` is. A tie-break counts only where all before it is equal. */
export function improvementOf(problem: Problem, before: Solution, after: Solution): Improvement {
  const ranks = ranksOf(problem);
  const deciding = decidingRank(ranks.length, before.score.values, after.score.values);
  const rank = Math.max(0, deciding);
  const { goal = 'maximise', tree } = ranks[rank] ?? {};
  const isRate = tree !== undefined && isSameUnit(tree.unit, rateUnit);
  // What differs by rounding alone is small beside 1 Mb/s, but may be all there is of another unit.
  if (deciding < 0 && !isRate) return { rank, better: 0, scale: 1 };
  const difference = (after.score.values[rank] ?? 0) - (before.score.values[rank] ?? 0);
  const size = Math.max(isRate ? 1 : 0, magnitudeOf(problem, before, rank));
  const scale = size > 0 ? size : magnitudeOf(problem, after, rank);
  return { rank, better: (goal === 'maximise' ? 1 : -1) * difference, scale: scale > 0 ? scale : 1 };
}
