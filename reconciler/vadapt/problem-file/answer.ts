import type {
  Infeasibility,
  PlacementProblem,
  RankValue,
  Solved,
  SolvedBound,
} from '../../../schema/generated/types.js';
import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import { unitText } from '../../../schema/objective/units.js';
import type { Infeasible, Problem, Solution } from '../../model/problem.js';
import { at } from '../at.js';
import { distanceSolution } from '../distance/distance-solution.js';
import { worthOf } from '../evaluate.js';
import { addendsOf } from './addends.js';

/** How the answer came to be. */
export interface Asked {
  seed: number;
  iterations: number;
}

/** What was found for the problem of a file, in its own names. */
export function answerOf(file: PlacementProblem, problem: Problem, solution: Solution, asked: Asked): Solved {
  const { mapping, paths, score, algorithm, isProved, iterations } = solution;
  const nameOf = (host: number) => at(file.hosts, host).name;
  const ranks = problem.objective.ranks ?? [];
  const objective = rankValues(problem, ranks, solution);
  const bound = { unmetMbps: solution.bound.unmetMbps, value: finite(solution.bound.value) };
  return {
    format_version: '1',
    kind: 'solution',
    ...(file.name !== undefined && { name: file.name }),
    ...{ algorithm, ...asked, tried: iterations },
    mapping: file.vms.map(({ name, host }, vm) => {
      const to = nameOf(at(mapping, vm));
      return { vm: name, host: to, ...(host !== undefined && host !== to && { from: host }) };
    }),
    paths: (file.demands ?? []).map(({ from, to }, demand) => ({ from, to, hosts: at(paths, demand).map(nameOf) })),
    unmetMbps: score.unmetMbps,
    objective,
    bound,
    gap: gapOf(ranks[0]?.goal === 'minimise' ? -1 : 1, score.values[0] ?? 0, score.unmetMbps, bound),
    isProved,
  };
}

/** Why there is none. */
export function infeasibilityOf({ name }: PlacementProblem, found: Infeasible): Infeasibility {
  const { message, vms, constraints, isMinimal } = found;
  const named = name === undefined ? {} : { name };
  return { format_version: '1', kind: 'infeasible', ...named, message, vms, constraints, isMinimal };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Less of unmet demand is rounding. */
const unmetTolerance = 1e-6;

function gapOf(sign: 1 | -1, value: number, unmetMbps: number, bound: SolvedBound): number | null {
  if (bound.value === null || unmetMbps > bound.unmetMbps + unmetTolerance * Math.max(1, unmetMbps)) return null;
  const size = Math.max(Math.abs(value), Math.abs(bound.value));
  // Beside 0, a bound that is passed by rounding would be far off.
  return size === 0 ? 0 : Math.max(0, sign * (bound.value - value)) / size;
}

function rankValues(problem: Problem, ranks: readonly ObjectiveRank[], solution: Solution): RankValue[] {
  const { values } = solution.score;
  const addends = ranks.map(addendsOf);
  const varying = addends.flat().filter(({ tree }) => tree.range.low !== tree.range.high);
  const single = varying.map(({ expression, tree }): ObjectiveRank => ({ goal: 'maximise', expression, tree }));
  const objective = { ...problem.objective, ranks: single };
  const isPlain = addends.every(([first, ...others]) => first?.sign === 1 && others.length === 0);
  const found = isPlain ? values : valuesOf({ ...problem, objective }, solution);
  const worth = new Map(varying.map((addend, place) => [addend, (found[place] ?? 0) * addend.sign]));
  return ranks.map(({ goal, expression, tree }, rank) => ({
    ...{ goal, expression, unit: unitText(tree.unit), value: values[rank] ?? 0 },
    terms: at(addends, rank).map((addend) => ({
      expression: addend.expression,
      value: worth.get(addend) ?? addend.tree.range.low * addend.sign,
    })),
  }));
}

/** Of the ranks of a problem, for a configuration that was found for another objective. */
function valuesOf(problem: Problem, { mapping, paths }: Solution): readonly number[] {
  if (problem.distances === undefined) return worthOf(problem, { mapping, paths }).score.values;
  const again = distanceSolution(problem, [], [{ kind: 'placement', mapping, iterations: 0 }]);
  return 'kind' in again ? [] : again.score.values;
}
