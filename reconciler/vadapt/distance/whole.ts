import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import type { Problem } from '../../model/problem.js';
import { type Columns, emptyColumns } from '../objective/columns.js';
import { compileObjective } from '../objective/compile.js';
import type { CompiledObjective } from '../objective/compiled-objective.js';
import { evaluateAll, type Rows } from '../objective/evaluate.js';
import { termsIn } from '../objective/tree.js';
import type { HostColumns } from './host-columns.js';
import type { Latencies } from './latencies.js';
import { boundlessMbps } from './path-price.js';
import type { Placed } from './placed.js';

/**
 * Evaluates objectives of any form from all rows. The path of a demand is one edge, with the number of the demand; demands of the same
 * direction between two hosts share an edge, where edges are counted.
 */
export class Whole {
  readonly objective: CompiledObjective;
  readonly #problem: Problem;
  readonly #columns: Columns;
  readonly #rows: Rows;
  readonly #latencies: Latencies;
  readonly #placed: Placed;

  constructor(
    problem: Problem,
    ranks: readonly ObjectiveRank[],
    latencies: Latencies,
    placed: Placed,
    hostColumns: HostColumns,
  ) {
    const { demands, hosts, vms } = problem;
    const wanted = [...new Set(ranks.flatMap(({ tree }) => termsIn(tree)))];
    const counts = { edge: demands.length, path: demands.length, host: hosts.length, vm: vms.length };
    this.#problem = problem;
    this.#columns = { ...emptyColumns(counts, wanted), ...hostColumns.columns };
    this.#columns.capacity.fill(boundlessMbps);
    this.#columns.residual.fill(boundlessMbps);
    for (let demand = 0; demand < this.#columns.demand.length; demand++)
      this.#columns.demand[demand] = demands[demand]?.rateMbps as number;
    this.objective = compileObjective(ranks, this.#columns, demands.length);
    this.#rows = {
      pathEdges: Int32Array.from(demands.keys()),
      firstEdge: Int32Array.from({ length: demands.length + 1 }, (_, demand) => demand),
      usedEdges: new Int32Array(demands.length),
      ...{ usedEdgeCount: 0, paths: demands.length, hosts: hosts.length, vms: vms.length },
    };
    this.#latencies = latencies;
    this.#placed = placed;
  }

  /** Then the ranks of the objective have their values. Columns of hosts are as they are to be. */
  evaluate(): void {
    const { demands } = this.#problem;
    for (let demand = 0; demand < demands.length; demand++) this.#fillPath(demand);
    this.#fillEdges();
    const { moves, hostsUsed } = this.#columns;
    if (moves.length > 0) moves[0] = this.#moves();
    if (hostsUsed.length > 0) hostsUsed[0] = new Set(this.#placed.hostOf).size;
    evaluateAll(this.objective, this.#rows);
  }

  #moves(): number {
    const { hostOf, items, migrations } = this.#placed;
    let sum = 0;
    for (let item = 0; item < items.count; item++) sum += migrations.of(item, hostOf[item] as number);
    return sum;
  }

  #ends(demand: number): [from: number, to: number] {
    const { hostOf, items } = this.#placed;
    const { source, destination } = this.#problem.demands[demand] as Problem['demands'][number];
    return [hostOf[items.itemOf[source] as number] as number, hostOf[items.itemOf[destination] as number] as number];
  }

  #fillPath(demand: number): void {
    const { latency, hops, unmet } = this.#columns;
    const { rateMbps, maxLatencyMs } = this.#problem.demands[demand] as Problem['demands'][number];
    const [from, to] = this.#ends(demand);
    const ms = this.#latencies.between(from, to);
    if (latency.length > 0) latency[demand] = ms;
    if (hops.length > 0) hops[demand] = Number(from !== to);
    if (unmet.length > 0) unmet[demand] = ms > (maxLatencyMs ?? Number.POSITIVE_INFINITY) ? rateMbps : 0;
  }

  /** Which edges are in use, each by its first demand, and how loaded each is. */
  #fillEdges(): void {
    const { load } = this.#columns;
    const { demands, hosts } = this.#problem;
    this.#rows.usedEdgeCount = 0;
    const known = new Map<number, { edge: number; rateMbps: number }>();
    const ofDemand = demands.map(({ rateMbps }, demand) => {
      const [from, to] = this.#ends(demand);
      const key = from * hosts.length + to;
      const edge = known.get(key) ?? { edge: demand, rateMbps: 0 };
      if (!known.has(key)) {
        known.set(key, edge);
        if (from !== to) this.#rows.usedEdges[this.#rows.usedEdgeCount++] = demand;
      }
      edge.rateMbps += rateMbps;
      return edge;
    });
    if (load.length > 0) for (const [demand, { rateMbps }] of ofDemand.entries()) load[demand] = rateMbps;
  }
}
