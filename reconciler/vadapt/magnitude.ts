import type { Problem, Solution } from '../model/problem.js';
import { ranksOf } from './engine/setting.js';
import { worthOf } from './evaluate.js';
import { weightedSum } from './objective/weighted-sum.js';

/**
 * What a rank of the objective adds up for a configuration, signs and constants aside: it tells whether a change of the value is large
 * or small even where addends cancel one another. Of what is no sum, its value without its sign.
 */
export function magnitudeOf(
  problem: Problem,
  configuration: Pick<Solution, 'mapping' | 'paths' | 'score'>,
  rank: number,
): number {
  const one = ranksOf(problem)[rank];
  const sum = one && weightedSum(one.tree);
  const addends = [...(sum?.addends.values() ?? [])];
  const isPlain = addends.length === 1 && sum?.constant === 0;
  if (!one || !sum || isPlain) return Math.abs(configuration.score.values[rank] ?? 0);
  const ranks = addends.map(({ leaf }) => ({ ...one, tree: leaf }));
  const { values } = worthOf({ ...problem, objective: { ...problem.objective, ranks } }, configuration).score;
  return addends.reduce((total, { weight }, place) => total + Math.abs(weight * (values[place] ?? 0)), 0);
}
