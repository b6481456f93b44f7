import { aggregate } from '../objective/aggregate.js';
import type { Columns } from '../objective/columns.js';
import type { CompiledObjective, PathAggregate } from '../objective/compiled-objective.js';
import type { Graph } from './graph.js';
import { Marks } from './marks.js';
import { PartRows } from './part-rows.js';
import type { Paths } from './paths.js';

/** Sums such as 0.1 + 0.2 must not make a path too long. */
const latencyTolerance = 1e-9;

/**
 * What an arrangement is worth, kept current by differences: whoever changes it tells which rows it touched. The columns of hosts, VMs
 * and the whole are filled by others.
 */
export class Ledger {
  readonly objective: CompiledObjective;
  /** Of all demands together. */
  unmetMbps = 0;
  /** Edges of all paths together, without those inside hosts. */
  hops = 0;
  /** Of all paths together. */
  latencyMs = 0;
  /** Whether a demand has to be told of when only the load beside it changed, and whether an edge has to. */
  readonly pathsFollowLoad: boolean;
  readonly edgesFollowLoad: boolean;
  readonly #unmetMbps: Float64Array;
  readonly #hops: Int32Array;
  readonly #latencyMs: Float64Array;
  readonly #columns: Columns;
  readonly #graph: Graph;
  readonly #paths: Paths;
  readonly #ofPaths: PartRows[];
  readonly #ofEdges: PartRows[];
  readonly #ofHosts: PartRows[];
  readonly #ofVms: PartRows[];
  readonly #usedEdges: Int32Array;
  readonly #placeOfEdge: Int32Array;
  #usedEdgeCount = 0;
  readonly #edges: Marks;

  constructor(graph: Graph, paths: Paths, objective: CompiledObjective, columns: Columns) {
    const { hosts, vms } = graph.problem;
    this.objective = objective;
    this.#graph = graph;
    this.#paths = paths;
    this.#columns = columns;
    this.#unmetMbps = new Float64Array(graph.demands);
    this.#hops = new Int32Array(graph.demands);
    this.#latencyMs = new Float64Array(graph.demands);
    this.#usedEdges = new Int32Array(graph.edges);
    this.#placeOfEdge = new Int32Array(graph.edges).fill(-1);
    this.#edges = new Marks(graph.edges);
    const rowsOf = (over: string, count: number) =>
      objective.parts.flatMap((part, place) => (part.over === over ? [new PartRows(part, place, count)] : []));
    this.#ofPaths = rowsOf('path', graph.demands);
    this.#ofEdges = rowsOf('edge', graph.edges);
    this.#ofHosts = rowsOf('host', hosts.length);
    this.#ofVms = rowsOf('vm', vms.length);
    this.pathsFollowLoad = objective.pathAggregates.some(({ edge }) => edge.followsLoad);
    this.edgesFollowLoad = objective.parts.some(({ row, over }) => row.followsLoad && over === 'edge');
    this.#fillStatic();
  }

  #fillStatic(): void {
    const { capacity, latency, demand } = this.#columns;
    if (capacity.length > 0) capacity.set(this.#graph.edgeCapacityMbps);
    if (latency.length > 0) latency.set(this.#graph.latencyMs);
    if (demand.length > 0) demand.set(this.#graph.rateMbps);
  }

  /** What a demand falls short by, as of when it was refreshed. */
  unmetOf(demand: number): number {
    return this.#unmetMbps[demand] as number;
  }

  /** Computes anew what depends on the paths of some demands, or on the load along them. */
  refreshPaths(demands: Marks): void {
    for (let i = 0; i < demands.count; i++) this.#refreshPath(demands.items[i] as number);
    if (this.#ofEdges.length > 0) this.#refreshEdges();
  }

  #refreshPath(demand: number): void {
    const { unmet, hops } = this.#columns;
    const edges = this.#paths.edgesOf(demand);
    const length = this.#paths.lengths[demand] as number;
    const rateMbps = this.#graph.rateMbps[demand] as number;
    const latencyMs = this.#latencyOf(edges, length);
    this.latencyMs += latencyMs - (this.#latencyMs[demand] as number);
    this.#latencyMs[demand] = latencyMs;
    const isAlong = length > 0 && latencyMs <= (this.#graph.longestMs[demand] as number) + latencyTolerance;
    const unmetMbps = isAlong ? rateMbps * this.#paths.overload(demand) : rateMbps;
    this.unmetMbps += unmetMbps - (this.#unmetMbps[demand] as number);
    this.#unmetMbps[demand] = unmetMbps;
    const outside = length === 1 && this.#isInside(edges[0] as number) ? 0 : length;
    this.hops += outside - (this.#hops[demand] as number);
    this.#hops[demand] = outside;
    if (unmet.length > 0) unmet[demand] = unmetMbps;
    if (hops.length > 0) hops[demand] = outside;
    for (let hop = 0; hop < length; hop++) this.#fillEdge(edges[hop] as number);
    for (const each of this.objective.pathAggregates) this.#aggregate(each, demand, edges, length);
    for (const rows of this.#ofPaths) rows.refresh(demand);
  }

  #latencyOf(edges: Int32Array, length: number): number {
    let sum = 0;
    for (let hop = 0; hop < length; hop++) sum += this.#graph.latencyMs[edges[hop] as number] as number;
    return sum;
  }

  #aggregate({ aggregator, edge, values }: PathAggregate, demand: number, edges: Int32Array, length: number): void {
    values[demand] = aggregate(aggregator, edge.at, edges, 0, length);
  }

  #isInside(edge: number): boolean {
    return edge >= this.#graph.firstInside;
  }

  #fillEdge(edge: number): void {
    const { residual, load, utilisation } = this.#columns;
    if (residual.length > 0) residual[edge] = Math.max(0, this.#paths.residualMbps(edge));
    if (load.length > 0) load[edge] = this.#paths.rateMbps[edge] as number;
    if (utilisation.length > 0) utilisation[edge] = Math.min(1, this.#paths.fullness(edge));
  }

  /** An edge on a resource whose load changed. */
  touchEdge(edge: number): void {
    this.#edges.add(edge);
  }

  /** Edges that a path left, or took. */
  touchEdges(edges: Int32Array, length: number): void {
    if (this.#ofEdges.length === 0) return;
    for (let place = 0; place < length; place++) this.#edges.add(edges[place] as number);
  }

  #refreshEdges(): void {
    for (let i = 0; i < this.#edges.count; i++) {
      const edge = this.#edges.items[i] as number;
      const isUsed = this.#paths.taken[edge] !== 0 && !this.#isInside(edge);
      if (isUsed !== (this.#placeOfEdge[edge] as number) >= 0) this.#setUsed(edge, isUsed);
      if (isUsed) this.#fillEdge(edge);
      for (const rows of this.#ofEdges) {
        if (isUsed) rows.refresh(edge);
        else rows.drop(edge);
      }
    }
    this.#edges.clear();
  }

  #setUsed(edge: number, isUsed: boolean): void {
    for (const rows of this.#ofEdges) rows.outdate();
    if (isUsed) {
      this.#placeOfEdge[edge] = this.#usedEdgeCount;
      this.#usedEdges[this.#usedEdgeCount++] = edge;
      return;
    }
    const last = this.#usedEdges[--this.#usedEdgeCount] as number;
    const place = this.#placeOfEdge[edge] as number;
    this.#usedEdges[place] = last;
    this.#placeOfEdge[last] = place;
    this.#placeOfEdge[edge] = -1;
  }

  /** After the columns of a host changed. */
  refreshHost(host: number): void {
    for (const rows of this.#ofHosts) rows.refresh(host);
  }

  /** After the columns of a VM changed. */
  refreshVm(vm: number): void {
    for (const rows of this.#ofVms) rows.refresh(vm);
  }

  /** The value of a rank, from what was refreshed. */
  rank(place: number): number {
    return this.objective.ranks[place]?.value() ?? 0;
  }

  /** Makes the values of parts current; before ranks are asked for. */
  close(): void {
    const { partValues } = this.objective;
    for (const rows of this.#ofPaths) rows.write(partValues, null, this.#graph.demands);
    for (const rows of this.#ofEdges) rows.write(partValues, this.#usedEdges, this.#usedEdgeCount);
    for (const rows of this.#ofHosts) rows.write(partValues, null, this.#graph.hosts);
    for (const rows of this.#ofVms) rows.write(partValues, null, this.#graph.problem.vms.length);
  }

  /** Adds all sums up anew: what was changed often is not exact. */
  recount(): void {
    this.unmetMbps = this.#unmetMbps.reduce((sum, value) => sum + value, 0);
    this.latencyMs = this.#latencyMs.reduce((sum, value) => sum + value, 0);
    for (const rows of [this.#ofPaths, this.#ofEdges, this.#ofHosts, this.#ofVms].flat()) rows.recount();
  }
}
