import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Arrangement } from './arrangement.js';
import type { Graph } from './graph.js';
import { PathSearch } from './path-search.js';
import { below, unit } from './random.js';
import { type FoundPath, relayPath } from './relay.js';

/**
 * How a demand gets a path: `relay` over the widest path of at most two edges, `widest` over any number, `spread` where much is left,
 * `near` by latency, `direct`, `star` over its Proxy, and `detour` over a random host.
 */
export type Manner = 'relay' | 'widest' | 'spread' | 'near' | 'direct' | 'star' | 'detour';

/** The more of a resource is in use, the longer an edge: as the M/M/1 queue, up to the share at which it goes on steeply. */
const steepFrom = 0.99;
/** Share of the pairs of hosts with an edge from which on two edges are enough. */
const dense = 0.3;
/** Hosts up to which paths of more edges are tried in dense graphs all the same. */
const mostHosts = 64;

/** Gives demands paths, within constraint c and their longest latency where that can be. */
export class Routing {
  readonly isDense: boolean;
  readonly #graph: Graph;
  readonly #arrangement: Arrangement;
  readonly #search: PathSearch;
  readonly #found: FoundPath;

  constructor(arrangement: Arrangement) {
    const { graph } = arrangement;
    this.#arrangement = arrangement;
    this.#graph = graph;
    this.#search = new PathSearch(graph);
    this.#found = { edges: new Int32Array(graph.hosts + 2), length: 0 };
    this.isDense = graph.firstInside >= dense * graph.hosts * (graph.hosts - 1);
  }

  /** A manner for a demand that goes on its way anew. */
  draw(random: RandomGenerator): Manner {
    const share = unit(random);
    if (this.isDense) {
      if (this.#graph.hosts > mostHosts) return share < 0.9 ? 'relay' : share < 0.95 ? 'detour' : 'direct';
      return share < 0.5 ? 'relay' : share < 0.7 ? 'detour' : share < 0.8 ? 'widest' : share < 0.9 ? 'direct' : 'star';
    }
    return share < 0.5 ? 'spread' : share < 0.75 ? 'widest' : share < 0.95 ? 'near' : 'star';
  }

  /** Routes a demand anew; over the star, or not at all, where the manner finds nothing. */
  route(demand: number, manner: Manner, random: RandomGenerator | null = null): void {
    const [from, to] = this.#endsOf(demand);
    this.#arrangement.route(demand, this.#found.edges, 0);
    const inside = this.#graph.edgeAt[from * this.#graph.hosts + to] as number;
    if (from === to) {
      this.#found.edges[0] = inside;
      this.#found.length = 1;
    } else {
      this.#find(demand, from, to, manner, random);
      if (this.#found.length === 0 && manner !== 'star') this.#star(demand, from, to);
    }
    this.#arrangement.route(demand, this.#found.edges, this.#found.length);
  }

  #endsOf(demand: number): [number, number] {
    const { mapping } = this.#arrangement;
    const { source, destination } = this.#graph;
    return [mapping[source[demand] as number] as number, mapping[destination[demand] as number] as number];
  }

  #find(demand: number, from: number, to: number, manner: Manner, random: RandomGenerator | null): void {
    const { paths } = this.#arrangement;
    if (manner === 'relay') relayPath(this.#graph, paths, demand, from, to, this.#found);
    else if (manner === 'star') this.#star(demand, from, to);
    else if (manner === 'direct') this.#over(demand, [this.#edge(from, to)]);
    else if (manner === 'detour' && random !== null) this.#detour(demand, from, to, below(random, this.#graph.hosts));
    else this.#far(demand, from, to, manner);
  }

  /** A path of any number of edges: over what constraint c leaves, and if that takes too many links, over those in use. */
  #far(demand: number, from: number, to: number, manner: Manner): void {
    const { links } = this.#arrangement.paths;
    const spare = links.spareFor(this.#graph.rateMbps[demand] as number);
    for (const isWide of spare > 0 ? [true, false] : [false]) {
      const mayTake = (edge: number) =>
        links.isStar(edge) || (isWide ? spare > 0 : spare >= 0 && links.costOf(edge) === 0);
      this.#seek(demand, from, to, manner, mayTake);
      if (this.#isPermitted(demand)) return;
    }
    this.#found.length = 0;
  }

  #seek(demand: number, from: number, to: number, manner: Manner, mayTake: (edge: number) => boolean): void {
    const { paths } = this.#arrangement;
    const { latencyMs, longestMs } = this.#graph;
    const search = this.#search;
    const never = Number.POSITIVE_INFINITY;
    const byLatency = (edge: number) => (mayTake(edge) ? (latencyMs[edge] as number) + 1e-6 : never);
    const rateMbps = this.#graph.rateMbps[demand] as number;
    if (manner === 'widest') search.widest(paths, from, to, mayTake, this.#found);
    else if (manner === 'spread')
      search.shortest(from, to, (edge) => (mayTake(edge) ? this.#crowding(edge, rateMbps) : never), this.#found);
    else search.shortest(from, to, byLatency, this.#found);
    if (manner !== 'near' && this.#latencyMs() > (longestMs[demand] as number))
      search.shortest(from, to, byLatency, this.#found);
  }

  /** Length of an edge that a demand would come to: 1 where nothing else is, ever longer towards its capacity. */
  #crowding(edge: number, rateMbps: number): number {
    const { edgeResources, firstResource, capacityMbps } = this.#graph;
    const { loadMbps } = this.#arrangement.paths;
    let fullest = 0;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
      const resource = edgeResources[place] as number;
      const share = ((loadMbps[resource] as number) + rateMbps) / (capacityMbps[resource] as number);
      if (share > fullest) fullest = share;
    }
    return fullest < steepFrom ? 1 / (1 - fullest) : (1 + (fullest - steepFrom) / (1 - steepFrom)) / (1 - steepFrom);
  }

  #detour(demand: number, from: number, to: number, via: number): void {
    this.#over(
      demand,
      via === from || via === to ? [this.#edge(from, to)] : [this.#edge(from, via), this.#edge(via, to)],
    );
  }

  #star(demand: number, from: number, to: number): void {
    const proxy = this.#graph.problem.vms[this.#graph.source[demand] as number]?.proxy as number;
    this.#over(
      demand,
      from === proxy || to === proxy ? [this.#edge(from, to)] : [this.#edge(from, proxy), this.#edge(proxy, to)],
    );
  }

  #edge(from: number, to: number): number {
    return this.#graph.edgeAt[from * this.#graph.hosts + to] as number;
  }

  /** Takes exactly these edges, where they all exist and may be taken. */
  #over(demand: number, edges: readonly number[]): void {
    this.#found.length = 0;
    for (const edge of edges) this.#found.edges[this.#found.length++] = edge;
    if (edges.includes(-1) || !this.#isPermitted(demand)) this.#found.length = 0;
  }

  #isPermitted(demand: number): boolean {
    const { links } = this.#arrangement.paths;
    const spare = links.spareFor(this.#graph.rateMbps[demand] as number);
    if (spare === Number.POSITIVE_INFINITY) return true;
    let cost = 0;
    for (let hop = 0; hop < this.#found.length; hop++) {
      const edge = this.#found.edges[hop] as number;
      if (links.isStar(edge)) continue;
      if (spare < 0) return false;
      cost += links.costOf(edge);
    }
    return cost <= Math.max(0, spare);
  }

  #latencyMs(): number {
    let sum = 0;
    for (let hop = 0; hop < this.#found.length; hop++)
      sum += this.#graph.latencyMs[this.#found.edges[hop] as number] as number;
    return sum;
  }
}
