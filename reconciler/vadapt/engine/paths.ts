import type { Graph } from './graph.js';
import { LinkUse } from './link-use.js';
import { Users } from './users.js';

const initialLength = 4;

/** One path for each demand, as edges, and the load they put on resources. A demand may be without a path meanwhile: of no edges. */
export class Paths {
  readonly graph: Graph;
  /** By resource, in Mb/s. */
  readonly loadMbps: Float64Array;
  /** By demand: how many of its edges are in use. */
  readonly lengths: Int32Array;
  /** By resource: demands whose paths cross it, once for each crossing. */
  readonly users: Users;
  /** By edge: how many paths take it, and their rates added up. */
  readonly taken: Int32Array;
  readonly rateMbps: Float64Array;
  readonly links: LinkUse;
  /** Edges in use that are reserved. */
  reserved = 0;
  /** By resource: variances of rates, added up; nothing where means are taken for certain. */
  readonly #variance: Float64Array;
  readonly #edges: Int32Array[];

  constructor(graph: Graph) {
    this.graph = graph;
    this.loadMbps = new Float64Array(graph.capacityMbps.length);
    this.lengths = new Int32Array(graph.demands);
    this.users = new Users(graph.capacityMbps.length);
    this.taken = new Int32Array(graph.edges);
    this.rateMbps = new Float64Array(graph.edges);
    this.links = new LinkUse(graph);
    this.#variance = new Float64Array(graph.sigmas > 0 ? graph.capacityMbps.length : 0);
    this.#edges = Array.from({ length: graph.demands }, () => new Int32Array(initialLength));
  }

  /** The edges of a demand's path: the first `lengths[demand]` items, valid until it changes. */
  edgesOf(demand: number): Int32Array {
    return this.#edges[demand] as Int32Array;
  }

  /** Gives a demand another path. `edges` must not be what `edgesOf` returned for it. */
  set(demand: number, edges: ArrayLike<number>, length: number): void {
    const rateMbps = this.graph.rateMbps[demand] as number;
    const old = this.#edges[demand] as Int32Array;
    const oldLength = this.lengths[demand] as number;
    this.links.change(old, oldLength, rateMbps, -1);
    for (let place = oldLength; place-- > 0; ) this.#leave(demand, old[place] as number, rateMbps);
    this.links.change(edges, length, rateMbps, 1);
    const room = old.length < length ? new Int32Array(2 * length) : old;
    this.#edges[demand] = room;
    this.lengths[demand] = length;
    for (let place = 0; place < length; place++) {
      const edge = edges[place] as number;
      room[place] = edge;
      this.#take(demand, edge, rateMbps);
    }
  }

  #leave(demand: number, edge: number, rateMbps: number): void {
    const { edgeResources, firstResource } = this.graph;
    const taken = (this.taken[edge] as number) - 1;
    this.taken[edge] = taken;
    if (taken === 0) this.reserved -= this.graph.isReserved[edge] as number;
    (this.rateMbps[edge] as number) -= rateMbps;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
      const resource = edgeResources[place] as number;
      (this.loadMbps[resource] as number) -= rateMbps;
      if (this.graph.sigmas > 0) (this.#variance[resource] as number) -= this.graph.rateVariance[demand] as number;
      this.users.remove(resource, demand);
    }
  }

  #take(demand: number, edge: number, rateMbps: number): void {
    const { edgeResources, firstResource } = this.graph;
    const taken = (this.taken[edge] as number) + 1;
    this.taken[edge] = taken;
    if (taken === 1) this.reserved += this.graph.isReserved[edge] as number;
    (this.rateMbps[edge] as number) += rateMbps;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
      const resource = edgeResources[place] as number;
      (this.loadMbps[resource] as number) += rateMbps;
      if (this.graph.sigmas > 0) (this.#variance[resource] as number) += this.graph.rateVariance[demand] as number;
      this.users.add(resource, demand);
    }
  }

  /** What a resource must carry: its load, and with a confidence asked for, what both may deviate by. */
  strainMbps(resource: number): number {
    const load = this.loadMbps[resource] as number;
    if (this.graph.sigmas === 0) return load;
    const variance = (this.graph.capacityVariance[resource] as number) + (this.#variance[resource] as number);
    return load <= 0 ? load : load + this.graph.sigmas * Math.sqrt(Math.max(0, variance));
  }

  /** rc_e of an edge in Mb/s: what its fullest resource has left; negative where it is overloaded. */
  residualMbps(edge: number): number {
    const { edgeResources, firstResource, capacityMbps } = this.graph;
    let least = Number.POSITIVE_INFINITY;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
      const resource = edgeResources[place] as number;
      const left = (capacityMbps[resource] as number) - (this.loadMbps[resource] as number);
      if (left < least) least = left;
    }
    return least;
  }

  /** Load over capacity of the fullest resource of an edge. */
  fullness(edge: number): number {
    const { edgeResources, firstResource, capacityMbps } = this.graph;
    let fullest = 0;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
      const resource = edgeResources[place] as number;
      const share = (this.loadMbps[resource] as number) / (capacityMbps[resource] as number);
      if (share > fullest) fullest = share;
    }
    return fullest;
  }

  /** By how much the fullest resource of a demand's path is overloaded: the share of the demand that it does not carry. */
  overload(demand: number): number {
    const { edgeResources, firstResource, capacityMbps } = this.graph;
    const edges = this.edgesOf(demand);
    let worst = 0;
    for (let hop = (this.lengths[demand] as number) - 1; hop >= 0; hop--) {
      const edge = edges[hop] as number;
      for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
        const resource = edgeResources[place] as number;
        const strain = this.strainMbps(resource);
        const capacity = capacityMbps[resource] as number;
        if (strain > capacity && 1 - capacity / strain > worst) worst = 1 - capacity / strain;
      }
    }
    return worst;
  }

  /** The resource with the largest load for its capacity; -1 where nothing is loaded. */
  fullestResource(): number {
    const { capacityMbps } = this.graph;
    let [fullest, most] = [-1, 0];
    for (let resource = 0; resource < capacityMbps.length; resource++) {
      const share = (this.loadMbps[resource] as number) / (capacityMbps[resource] as number);
      if (share > most) [fullest, most] = [resource, share];
    }
    return fullest;
  }

  /** Adds all loads up anew, for sums that were changed often are not exact. */
  recount(): void {
    const { edgeResources, firstResource, rateMbps, rateVariance, demands, sigmas } = this.graph;
    this.loadMbps.fill(0);
    this.rateMbps.fill(0);
    this.#variance.fill(0);
    for (let demand = 0; demand < demands; demand++) {
      const edges = this.edgesOf(demand);
      for (let hop = 0; hop < (this.lengths[demand] as number); hop++) {
        const edge = edges[hop] as number;
        (this.rateMbps[edge] as number) += rateMbps[demand] as number;
        for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
          const resource = edgeResources[place] as number;
          (this.loadMbps[resource] as number) += rateMbps[demand] as number;
          if (sigmas > 0) (this.#variance[resource] as number) += rateVariance[demand] as number;
        }
      }
    }
  }
}
