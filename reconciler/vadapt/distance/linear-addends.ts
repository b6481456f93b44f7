import type { Checked } from '../../../schema/objective/checked.js';
import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import type { Problem } from '../../model/problem.js';
import { closureOf } from '../objective/closure.js';
import { type Leaf, termsIn } from '../objective/tree.js';
import { weightedSum } from '../objective/weighted-sum.js';
import type { HostColumns } from './host-columns.js';
import { LateCosts } from './late-costs.js';
import type { Latencies } from './latencies.js';
import type { Addends } from './linear-worth.js';
import { PairCosts } from './pair-costs.js';
import { isLinearInLatency, type PathPrice, pathPrice } from './path-price.js';
import type { Placed } from './placed.js';
import { Spread } from './spread.js';

/** A rank taken apart: what it depends on beside constants. */
export interface LinearRank {
  /** What paths add, each with its factor; goals are minimised. */
  paths: { weight: number; tree: Checked }[];
  hosts: { weight: number; leaf: Aggregate }[];
  perMove: number;
  perHost: number;
}

type Aggregate = Leaf & { kind: 'aggregate' };

/** The rank as a sum of what can be kept by differences; null if it is no such sum. */
export function linearRank({ goal, tree }: ObjectiveRank, demands: number): LinearRank | null {
  const sum = weightedSum(tree);
  if (sum === null) return null;
  const rank: LinearRank = { paths: [], hosts: [], perMove: 0, perHost: 0 };
  const sign = goal === 'maximise' ? -1 : 1;
  for (const { weight, leaf } of sum.addends.values()) {
    if (leaf.kind === 'term') addTerm(rank, leaf.term, sign * weight);
    else if (leaf.over === 'host') rank.hosts.push({ weight: sign * weight, leaf });
    else if (isConstant(leaf)) continue;
    else if (leaf.over !== 'path' || !isLinearInLatency(leaf.operand)) return null;
    else if (leaf.aggregator === 'sum') rank.paths.push({ weight: sign * weight, tree: leaf.operand });
    else if (leaf.aggregator === 'mean') rank.paths.push({ weight: (sign * weight) / demands, tree: leaf.operand });
    else return null;
  }
  return rank;
}

function addTerm(rank: LinearRank, term: string, weight: number): void {
  if (term === 'moves') rank.perMove += weight;
  if (term === 'hostsUsed') rank.perHost += weight;
  // Where no links are made, none beside the star and no reserved ones are in use.
}

/** Whether a value is the same wherever VMs are: migrations take no time where no capacity binds. */
function isConstant(leaf: Aggregate): boolean {
  if (leaf.over === 'vm') return true;
  const following = ['latency', 'unmet', 'hops', 'load'];
  return leaf.over === 'path' && !termsIn(leaf).some((term) => following.includes(term));
}

export function addendsOf(
  problem: Problem,
  { paths, hosts, perMove, perHost }: LinearRank,
  latencies: Latencies,
  placed: Placed,
  { columns }: HostColumns,
): Addends {
  const prices = problem.demands.map(({ rateMbps }) => priceOf(paths, rateMbps));
  const isFree = ({ inside, outside, perMs }: PathPrice) => perMs === 0 && inside === outside;
  const isLate = prices.some(({ late }, demand) => late !== 0 && problem.demands[demand]?.maxLatencyMs !== undefined);
  const columnOf = (leaf: Leaf) => columns[(leaf as Leaf & { kind: 'term' }).term as keyof typeof columns];
  const spreads = hosts.map(
    ({ weight, leaf }) => new Spread(weight, leaf.aggregator, closureOf(leaf.operand, columnOf), problem.hosts.length),
  );
  return {
    pairs: prices.every(isFree) ? null : new PairCosts(problem, prices, latencies, placed),
    late: isLate ? new LateCosts(problem, prices, latencies, placed) : null,
    ...{ spreads, perMove, perHost },
  };
}

/** What a demand of that rate adds. */
export function priceOf(paths: LinearRank['paths'], rateMbps: number): PathPrice {
  const sum: PathPrice = { inside: 0, outside: 0, perMs: 0, late: 0 };
  for (const { weight, tree } of paths) {
    const price = pathPrice(tree, rateMbps);
    sum.inside += weight * price.inside;
    sum.outside += weight * price.outside;
    sum.perMs += weight * price.perMs;
    sum.late += weight * price.late;
  }
  return sum;
}
