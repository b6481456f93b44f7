import type { Score, ScoreBound } from '../../schema/generated/types.js';
import { objectiveValue } from '../../schema/objective/value-text.js';
import type { Problem, ProblemBound, ProblemScore } from '../model/problem.js';
import { ranksOf } from '../vadapt/engine/setting.js';

/** A score as plans tell it: rates to three decimals, values of the objective with their units. */
export function scoreLine(problem: Problem, { unmetMbps, values }: ProblemScore): Score {
  const [objective, ...tieBreaks] = ranksOf(problem).map(({ tree }, rank) =>
    objectiveValue(values[rank] ?? 0, tree.unit),
  );
  if (objective === undefined) throw new Error('a problem has no objective');
  return { unmetMbps: rounded(unmetMbps), objective, ...(tieBreaks.length > 0 ? { tieBreaks } : {}) };
}

export function boundLine(problem: Problem, { unmetMbps, value }: ProblemBound): ScoreBound {
  const [rank] = ranksOf(problem);
  const isKnown = rank !== undefined && Number.isFinite(value);
  return { unmetMbps: rounded(unmetMbps), objective: isKnown ? objectiveValue(value, rank.tree.unit) : null };
}

/** To three decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
