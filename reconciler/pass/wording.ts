import { unitText } from '../../schema/objective/units.js';
import { valueText } from '../../schema/objective/value-text.js';
import type { Problem, ProblemScore } from '../model/problem.js';
import { ranksOf } from '../vadapt/engine/setting.js';
import { compareRanks, decidingRank } from '../vadapt/objective/compare.js';

/** What is better after than before, in words. Less unmet demand than `leastShare` of all says little by itself. */
export function better(problem: Problem, before: ProblemScore, after: ProblemScore, leastShare: number): string {
  const lessUnmet = before.unmetMbps - after.unmetMbps;
  const objective = betterObjective(problem, before, after);
  if (lessUnmet <= 1e-6) return objective.text;
  const text = `unmet demand falls from ${mbps(before.unmetMbps)} to ${mbps(after.unmetMbps)}`;
  const totalMbps = problem.demands.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
  return lessUnmet < leastShare * totalMbps && objective.isBetter ? `${text}, and ${objective.text}` : text;
}

function betterObjective(problem: Problem, before: ProblemScore, after: ProblemScore) {
  const ranks = ranksOf(problem);
  const rank = Math.max(0, decidingRank(ranks.length, before.values, after.values));
  const verb = ranks[rank]?.goal === 'maximise' ? 'rises' : 'falls';
  const [from, to] = [before, after].map((score) => texts(problem, score)[rank]);
  const isBetter = compareRanks(ranks, after.values, before.values) > 0;
  if (rank === 0) return { isBetter, text: `the objective ${verb} from ${from} to ${to}` };
  const text = `the objective stays at ${texts(problem, after)[0]}, and tie-break ${rank} ${verb} from ${from} to ${to}`;
  return { isBetter, text };
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
