import { type ObjectiveRank, readObjective } from '../../../schema/objective/read-objective.js';
import type { Problem } from '../../model/problem.js';
import { type Columns, emptyColumns } from '../objective/columns.js';
import { compileObjective } from '../objective/compile.js';
import { Arrangement } from './arrangement.js';
import { type Graph, graphOf } from './graph.js';
import { type Manner, Routing } from './routing.js';
import { widestWidths } from './widths.js';

/** What searches of one problem share. */
export interface Setting {
  graph: Graph;
  ranks: readonly ObjectiveRank[];
  /** By `from * hosts + to`: of the widest path of the unloaded graph. Computed when it is first asked for. */
  widths(): Float64Array;
}

export function settingOf(problem: Problem): Setting {
  const graph = graphOf(problem);
  let widths: Float64Array | null = null;
  return {
    graph,
    ranks: ranksOf(problem),
    widths: () => {
      widths ??= widestWidths(graph);
      return widths;
    },
  };
}

/** What an objective strives for, in the order in which it decides; without ranks, what its level means. */
export function ranksOf({ objective: { ranks, level, goal } }: Problem): readonly ObjectiveRank[] {
  if (ranks !== undefined && ranks.length > 0) return ranks;
  const read = readObjective({ level, goal });
  if (read.kind === 'refused') throw new Error(`the preset of level ${level} is refused`);
  return read.ranks;
}

/** An arrangement without VMs and paths, with its own objective, the columns that it is worked out from, and what gives it paths. */
export function emptyArrangement({ graph, ranks, widths }: Setting): {
  arrangement: Arrangement;
  columns: Columns;
  routing: Routing;
} {
  const counts = { edge: graph.edges, path: graph.demands, host: graph.hosts, vm: graph.problem.vms.length };
  const { terms } = compileObjective(ranks, emptyColumns(counts, []), 0);
  const columns = emptyColumns(counts, terms);
  const arrangement = new Arrangement(graph, compileObjective(ranks, columns, graph.demands), columns, widths);
  return { arrangement, columns, routing: new Routing(arrangement) };
}

/** Puts every VM on its host, and gives demands paths in the order in which they are served best; values are current. */
export function arrange(
  arrangement: Arrangement,
  routing: Routing,
  mapping: ArrayLike<number>,
  manner: Manner = routing.isDense ? 'relay' : 'widest',
): void {
  const { graph } = arrangement;
  for (let demand = 0; demand < graph.demands; demand++) arrangement.route(demand, [], 0);
  for (let vm = 0; vm < mapping.length; vm++) arrangement.place(vm, mapping[vm] as number);
  for (const demand of servingOrder(graph, mapping)) routing.route(demand, manner);
  arrangement.keep();
  arrangement.settle();
}

/** The heaviest demands first; where links are limited, those between the hosts that exchange most. */
function servingOrder({ problem, hosts, rateMbps, source, destination }: Graph, mapping: ArrayLike<number>): number[] {
  const implied = new Map<number, number>();
  const pairOf = (demand: number) => {
    const [a, b] = [mapping[source[demand] as number] as number, mapping[destination[demand] as number] as number];
    return Math.min(a, b) * hosts + Math.max(a, b);
  };
  const order = Array.from(rateMbps.keys());
  for (const demand of problem.fastPath === null ? [] : order)
    implied.set(pairOf(demand), (implied.get(pairOf(demand)) ?? 0) + (rateMbps[demand] as number));
  const impliedMbps = (demand: number) => implied.get(pairOf(demand)) ?? 0;
  const rate = (demand: number) => rateMbps[demand] as number;
  return order.sort((a, b) => impliedMbps(b) - impliedMbps(a) || rate(b) - rate(a) || a - b);
}
