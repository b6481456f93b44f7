import type { Decision, PathLine } from '../../schema/generated/types.js';
import type { Problem, Solution } from '../model/problem.js';
import type { Snapshot } from '../model/snapshot.js';
import { ranksOf } from '../vadapt/engine/setting.js';
import { residuals } from '../vadapt/evaluate.js';
import type { Choice } from './choose.js';
import { boundLine, rounded, scoreLine } from './score-line.js';

/** The chosen configuration as the plan tells it: names instead of indices, rates to three decimals. */
export function decisionOf(
  snapshot: Snapshot,
  problem: Problem,
  choice: Choice,
  capacities: Decision['capacities'],
): Decision {
  const { solution, verdict, reason, before, levers } = choice;
  const hostName = (index: number) => problem.hosts[index]?.name ?? '';
  return {
    verdict,
    reason,
    objective: ranksOf(problem).map(({ goal, expression }) => ({ goal, expression })),
    algorithm: solution.algorithm,
    before: before && scoreLine(problem, before),
    after: scoreLine(problem, solution.score),
    bound: boundLine(problem, solution.bound),
    capacities,
    demands: snapshot.demands.map((demand) => ({
      ...demand,
      rateMbps: rounded(demand.rateMbps),
      ...(demand.deviationMbps === undefined ? {} : { deviationMbps: rounded(demand.deviationMbps) }),
    })),
    mapping: problem.vms.map(({ name, current }, index) => ({
      vm: name,
      from: current === null ? null : hostName(current),
      to: hostName(solution.mapping[index] ?? -1),
    })),
    paths: pathLines(problem, solution, hostName),
    ...(choice.back === undefined ? {} : { back: choice.back.to }),
    ...(levers.length > 0
      ? { levers: levers.map((line) => ({ ...line, score: line.score && scoreLine(problem, line.score) })) }
      : {}),
  };
}

function pathLines(problem: Problem, solution: Solution, hostName: (index: number) => string): PathLine[] {
  const left = residuals(problem, solution.mapping, solution.paths);
  return problem.demands.map(({ source, destination }, index) => ({
    source: problem.vms[source]?.name ?? '',
    destination: problem.vms[destination]?.name ?? '',
    hosts: (solution.paths[index] ?? []).map(hostName),
    residualMbps: rounded(left[index]?.residualMbps ?? 0),
    bottleneck: problem.resources[left[index]?.bottleneck ?? -1]?.name ?? '',
  }));
}
