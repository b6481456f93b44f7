import type { Problem, ProblemScore } from '../model/problem.js';

/** What is better after than before, in words. */
export function better(problem: Problem, before: ProblemScore, after: ProblemScore): string {
  if (before.unmetMbps - after.unmetMbps > 1e-6) {
    return `unmet demand falls from ${mbps(before.unmetMbps)} to ${mbps(after.unmetMbps)}`;
  }
  const verb = problem.objective.goal === 'maximise' ? 'rises' : 'falls';
  return `the objective ${verb} from ${mbps(before.objectiveMbps)} to ${mbps(after.objectiveMbps)}`;
}

export function scoreText(score: ProblemScore): string {
  return `${mbps(score.unmetMbps)} unmet and an objective of ${mbps(score.objectiveMbps)}`;
}

export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function mbps(value: number): string {
  return `${Number(value.toFixed(1))} Mb/s`;
}
