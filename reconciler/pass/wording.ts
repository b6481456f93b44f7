import { unitText } from '../../schema/objective/units.js';
import { valueText } from '../../schema/objective/value-text.js';
import type { Problem, ProblemScore } from '../model/problem.js';
import { ranksOf } from '../vadapt/engine/setting.js';
import { decidingRank } from '../vadapt/objective/compare.js';

/** What is better after than before, in words. */
export function better(problem: Problem, before: ProblemScore, after: ProblemScore): string {
  if (before.unmetMbps - after.unmetMbps > 1e-6) {
    return `unmet demand falls from ${mbps(before.unmetMbps)} to ${mbps(after.unmetMbps)}`;
  }
  const ranks = ranksOf(problem);
  const rank = Math.max(0, decidingRank(ranks.length, before.values, after.values));
  const verb = ranks[rank]?.goal === 'maximise' ? 'rises' : 'falls';
  const [from, to] = [before, after].map((score) => texts(problem, score)[rank]);
  if (rank === 0) return `the objective ${verb} from ${from} to ${to}`;
  return `the objective stays at ${texts(problem, after)[0]}, and tie-break ${rank} ${verb} from ${from} to ${to}`;
}

export function scoreText(problem: Problem, score: ProblemScore): string {
  return `${mbps(score.unmetMbps)} unmet and an objective of ${texts(problem, score).join(', then ')}`;
}

export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** By rank of the objective: its value with its unit. */
function texts(problem: Problem, { values }: ProblemScore): string[] {
  return ranksOf(problem).map(({ tree }, rank) => valueText({ value: values[rank] ?? 0, unit: unitText(tree.unit) }));
}

function mbps(value: number): string {
  return `${Number(value.toFixed(1))} Mb/s`;
}
