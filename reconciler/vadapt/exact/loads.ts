import type { Graph } from '../engine/graph.js';
import { LinkUse } from '../engine/link-use.js';
import type { ListedPath } from './path-lists.js';

const latencyTolerance = 1e-9;

/** Some demands on paths, and what these leave of resources; as the engine counts it. */
export class Loads {
  readonly graph: Graph;
  readonly links: LinkUse;
  /** By demand; null while it has none. */
  readonly paths: (ListedPath | null)[];
  /** By demand: resources that any path of it crosses. */
  readonly #expected: Int32Array[];
  readonly #loadMbps: Float64Array;
  readonly #variance: Float64Array;

  constructor(graph: Graph) {
    this.graph = graph;
    this.links = new LinkUse(graph);
    this.paths = new Array(graph.demands).fill(null);
    this.#expected = Array.from({ length: graph.demands }, () => new Int32Array());
    this.#loadMbps = new Float64Array(graph.capacityMbps.length);
    this.#variance = new Float64Array(graph.capacityMbps.length);
  }

  put(demand: number, path: ListedPath): void {
    this.#carry(demand, this.#expected[demand] as Int32Array, null, -1);
    this.paths[demand] = path;
    this.#add(demand, path, 1);
  }

  /** Takes a demand off its path. */
  take(demand: number): void {
    const path = this.paths[demand];
    if (!path) return;
    this.#add(demand, path, -1);
    this.paths[demand] = null;
    this.#carry(demand, this.#expected[demand] as Int32Array, null, 1);
  }

  /** As long as a demand without a path has none, it counts on the resources that any path of it crosses. */
  expect(demand: number, resources: Int32Array): void {
    this.#carry(demand, this.#expected[demand] as Int32Array, null, -1);
    this.#expected[demand] = resources;
    this.#carry(demand, resources, null, 1);
  }

  /** What a demand is expected to cross does not count while `look` looks. */
  without<T>(demand: number, look: () => T): T {
    const resources = this.#expected[demand] as Int32Array;
    this.#carry(demand, resources, null, -1);
    const seen = look();
    this.#carry(demand, resources, null, 1);
    return seen;
  }

  #add(demand: number, { edges, resources, crossings }: ListedPath, sign: 1 | -1): void {
    this.links.change(edges, edges.length, this.graph.rateMbps[demand] as number, sign);
    this.#carry(demand, resources, crossings, sign);
  }

  /** @param crossings null for one each */
  #carry(demand: number, resources: Int32Array, crossings: Int32Array | null, sign: 1 | -1): void {
    const rate = sign * (this.graph.rateMbps[demand] as number);
    const variance = sign * (this.graph.rateVariance[demand] as number);
    for (let place = 0; place < resources.length; place++) {
      const resource = resources[place] as number;
      const times = crossings === null ? 1 : (crossings[place] as number);
      (this.#loadMbps[resource] as number) += rate * times;
      (this.#variance[resource] as number) += variance * times;
    }
  }

  loadMbps(resource: number): number {
    return this.#loadMbps[resource] as number;
  }

  /** What a path leaves at its bottleneck, at least 0. */
  residualMbps({ resources, isWhole }: ListedPath): number {
    const { capacityMbps } = this.graph;
    let least = isWhole ? Number.POSITIVE_INFINITY : 0;
    for (let place = 0; place < resources.length; place++) {
      const resource = resources[place] as number;
      const left = (capacityMbps[resource] as number) - (this.#loadMbps[resource] as number);
      if (left < least) least = left;
    }
    return least > 0 ? least : 0;
  }

  /** What a demand that has a path is not given. */
  unmetMbps(demand: number): number {
    const path = this.paths[demand] as ListedPath;
    const rate = this.graph.rateMbps[demand] as number;
    if (!path.isWhole || path.latencyMs > (this.graph.longestMs[demand] as number) + latencyTolerance) return rate;
    let worst = 0;
    for (let place = 0; place < path.resources.length; place++) {
      const resource = path.resources[place] as number;
      const short = this.shortage(resource, 0, 0);
      if (short > worst) worst = short;
    }
    return rate * worst;
  }

  /** The share of its load that a resource does not carry, with so much more on it. */
  shortage(resource: number, moreMbps: number, moreVariance: number): number {
    const { capacityMbps, capacityVariance, sigmas } = this.graph;
    const capacity = capacityMbps[resource] as number;
    let strain = (this.#loadMbps[resource] as number) + moreMbps;
    if (sigmas > 0 && strain > 0) {
      const variance = (this.#variance[resource] as number) + moreVariance + (capacityVariance[resource] as number);
      strain += sigmas * Math.sqrt(Math.max(0, variance));
    }
    return strain > capacity ? 1 - capacity / strain : 0;
  }
}
