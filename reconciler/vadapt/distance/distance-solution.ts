import { checkExpression } from '../../../schema/objective/check.js';
import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import type { Infeasible, Problem, ProblemObjective, Solution } from '../../model/problem.js';
import { ranksOf } from '../engine/setting.js';
import { explainInfeasible } from '../infeasible/explain-infeasible.js';
import { compareRanks } from '../objective/compare.js';
import { boundOfRank } from './distance-bound.js';
import { HostColumns } from './host-columns.js';
import type { DistanceLane } from './lanes.js';
import type { DistancePlacement } from './place-by-distance.js';
import { stageOf } from './stage.js';
import { Whole } from './whole.js';

/** Closer than this, sums of rates are equal. */
const toleranceMbps = 1e-6;

interface Valued {
  unmetMbps: number;
  /** By rank. */
  values: number[];
  migrations: number;
}

/** The best of what lanes found, of equals the first; infeasible where none found anything. `results` are in the order of lanes. */
export function distanceSolution(
  problem: Problem,
  lanes: readonly DistanceLane[],
  results: readonly (DistancePlacement | Infeasible)[],
): Solution | Infeasible {
  const ranks = ranksOf(problem);
  const valueOfMapping = evaluator(problem, ranks);
  const refused = results.find((result) => result.kind === 'infeasible');
  let best: { mapping: number[]; valued: Valued; search: string } | null = null;
  for (const [place, result] of results.entries()) {
    if (result.kind === 'infeasible') continue;
    const valued = valueOfMapping(result.mapping);
    if (best === null || isBetter(ranks, valued, best.valued))
      best = { mapping: result.mapping, valued, search: lanes[place]?.search ?? '' };
  }
  if (best === null) return refused ?? explainInfeasible(problem);
  const { mapping, valued, search } = best;
  const { unmetMbps, values } = valued;
  const boundValue = boundOf(problem, ranks);
  const [value = 0] = values;
  const isAtBound = Math.abs(value - boundValue) <= 1e-9 * Math.max(1, Math.abs(value));
  return {
    mapping,
    paths: problem.demands.map(({ source, destination }) => pathOf(mapping[source], mapping[destination])),
    score: { unmetMbps, values },
    bound: { unmetMbps: 0, value: boundValue },
    isProved: unmetMbps <= toleranceMbps && ranks.length === 1 && isAtBound,
    iterations: results.reduce((sum, each) => sum + (each.kind === 'placement' ? each.iterations : 0), 0),
    algorithm: search,
  };
}

function pathOf(from: number | undefined, to: number | undefined): number[] {
  if (from === undefined || to === undefined) throw new Error('a VM has no place');
  return from === to ? [from] : [from, to];
}

function rankOf(expression: string, level: ProblemObjective['level']): ObjectiveRank {
  const checked = checkExpression(expression, level);
  if (checked.kind !== 'checked') throw new Error(`${expression} is no objective`);
  return { goal: 'minimise', expression, tree: checked.tree };
}

function evaluator(problem: Problem, ranks: readonly ObjectiveRank[]): (mapping: readonly number[]) => Valued {
  const stage = stageOf(problem);
  if (stage === null) return () => ({ unmetMbps: 0, values: [], migrations: 0 });
  const { placed, costs } = stage;
  const hostColumns = new HostColumns(problem, placed);
  const whole = new Whole(problem, [rankOf('sum(unmet)', 'path'), ...ranks], costs.latencies, placed, hostColumns);
  return (mapping) => {
    placed.rearrangeVms(mapping);
    hostColumns.recount();
    whole.evaluate();
    const [unmetMbps = 0, ...values] = whole.objective.ranks.map((rank) => rank.value());
    return { unmetMbps, values, migrations: placed.migrations.vms };
  };
}

function isBetter(ranks: readonly ObjectiveRank[], a: Valued, b: Valued): boolean {
  if (Math.abs(a.unmetMbps - b.unmetMbps) > toleranceMbps) return a.unmetMbps < b.unmetMbps;
  const better = compareRanks(ranks, a.values, b.values);
  return better === 0 ? a.migrations < b.migrations : better > 0;
}

function boundOf(problem: Problem, [rank]: readonly ObjectiveRank[]): number {
  const stage = stageOf(problem);
  if (rank === undefined) return 0;
  if (stage === null) return rank.goal === 'maximise' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return boundOfRank(problem, stage, rank);
}
