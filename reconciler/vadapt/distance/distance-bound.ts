import type { Checked } from '../../../schema/objective/checked.js';
import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import type { Problem } from '../../model/problem.js';
import type { Leaf } from '../objective/tree.js';
import { weightedSum } from '../objective/weighted-sum.js';
import { type LinearRank, priceOf } from './linear-addends.js';
import { nearestPossible } from './nearest-possible.js';
import { isLinearInLatency } from './path-price.js';
import type { Stage } from './stage.js';

/** No placement has a better value in the rank. Infinite if nothing is known. Nothing is placed yet. */
export function boundOfRank(problem: Problem, stage: Stage, { goal, tree }: ObjectiveRank): number {
  const sign = goal === 'maximise' ? -1 : 1;
  const edge = (range: Checked['range'], weight: number) => (weight > 0 ? range.low : range.high);
  const ofRange = edge(tree.range, sign);
  const sum = weightedSum(tree);
  if (sum === null) return ofRange;
  const paths: LinearRank['paths'] = [];
  let bound = sign * sum.constant;
  for (const { weight, leaf } of sum.addends.values()) {
    const asSum = pathSum(leaf, problem.demands.length);
    if (asSum === null) bound += sign * weight * edge(rangeOf(leaf, problem), sign * weight);
    else paths.push({ weight: sign * weight * asSum.weight, tree: asSum.tree });
  }
  bound += leastOfPaths(problem, stage, paths);
  return sign > 0 ? Math.max(ofRange, bound) : Math.min(ofRange, -bound);
}

/** A sum or mean over paths that is linear in latency, as a factor and what is summed up. */
function pathSum(leaf: Leaf, demands: number): LinearRank['paths'][number] | null {
  if (leaf.kind === 'term' || leaf.over !== 'path' || !isLinearInLatency(leaf.operand)) return null;
  if (leaf.aggregator === 'sum') return { weight: 1, tree: leaf.operand };
  return leaf.aggregator === 'mean' && demands > 0 ? { weight: 1 / demands, tree: leaf.operand } : null;
}

function rangeOf(leaf: Leaf, { vms, hosts }: Problem): Checked['range'] {
  if (leaf.kind === 'aggregate') return leaf.range;
  if (leaf.term === 'moves') return { low: 0, high: vms.filter(({ current }) => current !== null).length };
  if (leaf.term === 'hostsUsed') return { low: Math.min(1, vms.length), high: Math.min(hosts.length, vms.length) };
  return { low: 0, high: 0 };
}

/** What all paths together cost at least. */
function leastOfPaths(problem: Problem, { placed, costs }: Stage, paths: LinearRank['paths']): number {
  const prices = problem.demands.map(({ rateMbps }) => priceOf(paths, rateMbps));
  const [low, high] = costs.latencies.range();
  const oneByOne = prices.reduce((sum, { inside, outside, perMs, late }) => {
    const apart = outside + Math.min(perMs * low, perMs * high) + Math.min(0, late);
    return sum + Math.min(inside, apart);
  }, 0);
  const isCost = prices.every(({ inside, outside, perMs, late }) => perMs >= 0 && outside >= inside && late >= 0);
  if (!isCost || costs.pairs === null || costs.mainRank !== 0) return oneByOne;
  return Math.max(oneByOne, costs.pairs.leastTotal(nearestPossible(problem, placed, costs.latencies)));
}
