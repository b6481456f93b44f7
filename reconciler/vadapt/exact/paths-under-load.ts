import type { Loads } from './loads.js';
import type { Meter } from './meter.js';
import { type ListedPath, listedPath } from './path-lists.js';

/** Whether a path may be of use that leaves so much at most, and on which at least so much of the demand is unmet. */
export type IsWanted = (residualMbps: number, unmetMbps: number) => boolean;

const latencyTolerance = 1e-9;

/** All paths of a demand, depth first, beside what is routed already; beginnings that can lead to nothing wanted are not prolonged. */
export class PathsUnderLoad {
  readonly #loads: Loads;
  /** Of widest paths on the unloaded graph, by `from * hosts + to`. */
  readonly #widths: Float64Array;
  readonly #meter: Meter;
  readonly #isVisited: Uint8Array;
  /** By resource: how often the beginning crosses it. */
  readonly #crossings: Int32Array;
  readonly #edges: number[] = [];
  readonly #found: ListedPath[] = [];
  #demand = 0;
  #to = 0;
  #isWanted: IsWanted = () => true;

  constructor(loads: Loads, widths: Float64Array, meter: Meter) {
    this.#loads = loads;
    this.#widths = widths;
    this.#meter = meter;
    this.#isVisited = new Uint8Array(loads.graph.hosts);
    this.#crossings = new Int32Array(loads.graph.capacityMbps.length);
  }

  /** Paths from host to host for a demand; fewer than there are once the meter is spent. */
  all(demand: number, from: number, to: number, isWanted: IsWanted): ListedPath[] {
    this.#demand = demand;
    this.#to = to;
    this.#isWanted = isWanted;
    this.#found.length = 0;
    if (from === to) this.#follow(this.#insideOf(from), Number.POSITIVE_INFINITY, 0, 0, 0);
    else this.#visit(from, Number.POSITIVE_INFINITY, 0, 0, 0);
    return this.#found.slice();
  }

  #insideOf(host: number): number {
    const { edgeAt, hosts } = this.#loads.graph;
    return edgeAt[host * hosts + host] as number;
  }

  #visit(host: number, residual: number, shortage: number, latencyMs: number, links: number): void {
    const { leaving, firstLeaving } = this.#loads.graph;
    this.#isVisited[host] = 1;
    const end = firstLeaving[host + 1] as number;
    for (let place = firstLeaving[host] as number; place < end && !this.#meter.isSpent; place++)
      this.#follow(leaving[place] as number, residual, shortage, latencyMs, links);
    this.#isVisited[host] = 0;
  }

  #follow(edge: number, residual: number, shortage: number, latencyMs: number, links: number): void {
    const { graph, links: use } = this.#loads;
    const next = graph.to[edge] as number;
    if (this.#isVisited[next] === 1) return;
    this.#meter.used++;
    const rate = graph.rateMbps[this.#demand] as number;
    const linksNow = links + use.costOf(edge);
    if (!use.isStar(edge) && linksNow > use.spareFor(rate)) return;
    const latencyNow = latencyMs + (graph.latencyMs[edge] as number);
    const isLate = latencyNow > (graph.longestMs[this.#demand] as number) + latencyTolerance;
    const left = this.#cross(edge, residual);
    const short = Math.max(shortage, this.#shortage(edge));
    const onwards = next === this.#to ? left : Math.min(left, this.#onwards(next) - rate);
    if (this.#isWanted(Math.max(0, onwards), isLate ? rate : rate * short)) {
      this.#edges.push(edge);
      if (next === this.#to) this.#found.push(listedPath(graph, this.#edges));
      else this.#visit(next, left, short, latencyNow, linksNow);
      this.#edges.pop();
    }
    this.#uncross(edge);
  }

  #onwards(host: number): number {
    return this.#widths[host * this.#loads.graph.hosts + this.#to] as number;
  }

  /** Adds an edge to what the beginning crosses; returns what the demand would leave at its bottleneck. */
  #cross(edge: number, residual: number): number {
    const { edgeResources, firstResource, capacityMbps, rateMbps } = this.#loads.graph;
    const rate = rateMbps[this.#demand] as number;
    let least = residual;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
      const resource = edgeResources[place] as number;
      const crossings = (this.#crossings[resource] as number) + 1;
      this.#crossings[resource] = crossings;
      const left = (capacityMbps[resource] as number) - this.#loads.loadMbps(resource) - crossings * rate;
      if (left < least) least = left;
    }
    return least;
  }

  #uncross(edge: number): void {
    const { edgeResources, firstResource } = this.#loads.graph;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++)
      (this.#crossings[edgeResources[place] as number] as number) -= 1;
  }

  #shortage(edge: number): number {
    const { edgeResources, firstResource, rateMbps, rateVariance } = this.#loads.graph;
    let worst = 0;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
      const resource = edgeResources[place] as number;
      const crossings = this.#crossings[resource] as number;
      const more = crossings * (rateMbps[this.#demand] as number);
      const short = this.#loads.shortage(resource, more, crossings * (rateVariance[this.#demand] as number));
      if (short > worst) worst = short;
    }
    return worst;
  }
}
