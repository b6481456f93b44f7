import type { Problem } from '../../model/problem.js';
import { boundOf as boundOfLevel } from '../bound.js';
import { overlayOf } from '../overlay.js';

export interface Bound {
  unmetMbps: number;
  /** Of the first rank of the objective. */
  value: number;
}

/** What no configuration is better than; infinite where the objective is an expression of its own. */
export function boundOf(problem: Problem): Bound {
  const { unmetMbps, objectiveMbps } = boundOfLevel(overlayOf(problem));
  const { ranks = [], goal } = problem.objective;
  if (ranks.length === 0) return { unmetMbps, value: objectiveMbps };
  return { unmetMbps, value: goal === 'maximise' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY };
}
