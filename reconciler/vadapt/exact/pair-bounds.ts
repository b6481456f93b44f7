import type { Graph } from '../engine/graph.js';
import type { Meter } from './meter.js';
import type { ListedPath, PathLists } from './path-lists.js';

/** Less than what rounding may make of 0. */
const overloaded = -1e-5;

/**
 * What two demands can have left at most, both together, when each has its hosts: they may have to share what the widest path of each
 * uses. Remembered by the four hosts.
 */
export class PairBounds {
  /** Whether only paths that overload nothing count. */
  isStrict = false;
  readonly #graph: Graph;
  readonly #lists: PathLists;
  readonly #meter: Meter;
  readonly #known = new Map<number, number>();
  /** By resource: how often the path in hand crosses it. */
  readonly #crossings: Int32Array;

  constructor(graph: Graph, lists: PathLists, meter: Meter) {
    this.#graph = graph;
    this.#lists = lists;
    this.#meter = meter;
    this.#crossings = new Int32Array(graph.capacityMbps.length);
  }

  /** From now on, only paths that overload nothing count. */
  becomeStrict(): void {
    if (this.isStrict) return;
    this.isStrict = true;
    this.#known.clear();
  }

  /** Residual capacities of both in Mb/s; minus infinity if they cannot both be met and must be. */
  most(a: number, b: number, mapping: Int32Array): number {
    const { source, destination, hosts, demands } = this.#graph;
    const [fromA, toA] = [mapping[source[a] as number] as number, mapping[destination[a] as number] as number];
    const [fromB, toB] = [mapping[source[b] as number] as number, mapping[destination[b] as number] as number];
    const key = ((((a * demands + b) * hosts + fromA) * hosts + toA) * hosts + fromB) * hosts + toB;
    let most = this.#known.get(key);
    if (most === undefined) {
      most = this.#compute(a, fromA * hosts + toA, b, fromB * hosts + toB);
      this.#known.set(key, most);
    }
    return most;
  }

  #compute(a: number, pairA: number, b: number, pairB: number): number {
    const { hosts, rateMbps } = this.#graph;
    const ofA = this.#lists.between(Math.floor(pairA / hosts), pairA % hosts);
    const ofB = this.#lists.between(Math.floor(pairB / hosts), pairB % hosts);
    const [rateA, rateB] = [rateMbps[a] as number, rateMbps[b] as number];
    const alone = (paths: readonly ListedPath[], rate: number) => Math.max(0, (paths[0]?.widthMbps ?? 0) - rate);
    const [aloneA, aloneB] = [alone(ofA.paths, rateA), alone(ofB.paths, rateB)];
    // A demand without any path leaves the other what it has alone.
    if (ofA.paths.length === 0 || ofB.paths.length === 0) return aloneA + aloneB;
    let most = this.isStrict ? Number.NEGATIVE_INFINITY : 0;
    for (const path of ofA.paths) {
      if (Math.max(0, path.widthMbps - rateA) + aloneB <= most) break;
      most = this.#beside(path, rateA, ofB.paths, rateB, most);
    }
    return Math.max(most, reaching(ofA.beyondMbps, rateA) + aloneB, reaching(ofB.beyondMbps, rateB) + aloneA);
  }

  /** The most that both can have when one has this path, if that is more than `most`. */
  #beside(path: ListedPath, rate: number, others: readonly ListedPath[], otherRate: number, most: number): number {
    const crossings = this.#crossings;
    for (let place = 0; place < path.resources.length; place++)
      crossings[path.resources[place] as number] = path.crossings[place] as number;
    const own = this.#left(path, rate);
    let best = most;
    for (const other of others) {
      if (Math.max(0, own) + Math.max(0, other.widthMbps - otherRate) <= best) break;
      this.#meter.used++;
      const both = this.#both(own, rate, other, otherRate);
      if (both > best) best = both;
    }
    for (let place = 0; place < path.resources.length; place++) crossings[path.resources[place] as number] = 0;
    return best;
  }

  #left({ resources, crossings }: ListedPath, rate: number): number {
    const { capacityMbps } = this.#graph;
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < resources.length; place++) {
      const left = (capacityMbps[resources[place] as number] as number) - (crossings[place] as number) * rate;
      if (left < least) least = left;
    }
    return least;
  }

  #both(own: number, rate: number, other: ListedPath, otherRate: number): number {
    const { capacityMbps } = this.#graph;
    let mine = own;
    let others = Number.POSITIVE_INFINITY;
    for (let place = 0; place < other.resources.length; place++) {
      const resource = other.resources[place] as number;
      const shared = this.#crossings[resource] as number;
      const left = (capacityMbps[resource] as number) - (other.crossings[place] as number) * otherRate - shared * rate;
      if (left < others) others = left;
      if (shared > 0 && left < mine) mine = left;
    }
    if (this.isStrict && (mine < overloaded || others < overloaded)) return Number.NEGATIVE_INFINITY;
    return Math.max(0, mine) + Math.max(0, others);
  }
}

function reaching(widthMbps: number, rate: number): number {
  return widthMbps === Number.NEGATIVE_INFINITY ? Number.NEGATIVE_INFINITY : Math.max(0, widthMbps - rate);
}
