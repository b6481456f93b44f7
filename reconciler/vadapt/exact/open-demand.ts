import type { Graph } from '../engine/graph.js';
import type { Loads } from './loads.js';
import type { Meter } from './meter.js';
import type { ListedPath, WidestPaths } from './path-lists.js';

/** What a demand that is not routed yet can have beside those that are. */
export interface Prospect {
  demand: number;
  /** Most that its path leaves. */
  aloneMbps: number;
  /** The same, less what that path takes from routed demands; and of the second best path. */
  netMbps: number;
  secondMbps: number;
  leastUnmetMbps: number;
}

/** Looks at the paths that a demand could take beside those that have theirs. */
export class OpenDemands {
  readonly #graph: Graph;
  readonly #loads: Loads;
  readonly #meter: Meter;
  /** By resource: what the path in hand adds. */
  readonly #addedMbps: Float64Array;

  constructor(loads: Loads, meter: Meter) {
    this.#graph = loads.graph;
    this.#loads = loads;
    this.#meter = meter;
    this.#addedMbps = new Float64Array(loads.graph.capacityMbps.length);
  }

  /**
   * @param routed demands that have paths
   * @param residuals by place in `routed`: what their paths leave
   * @param forced resources that any path of it crosses
   * @param mayMiss whether it may be left without a path
   */
  prospect(
    demand: number,
    { paths, beyondMbps }: WidestPaths,
    routed: readonly number[],
    residuals: readonly number[],
    forced: Int32Array,
    mayMiss: boolean,
  ): Prospect {
    const rate = this.#graph.rateMbps[demand] as number;
    const isListed = beyondMbps === Number.NEGATIVE_INFINITY;
    const beyond = this.#beyond(demand, beyondMbps, forced);
    let alone = beyond.leftMbps;
    let net = isListed && !mayMiss ? Number.NEGATIVE_INFINITY : alone;
    let second = Number.NEGATIVE_INFINITY;
    let leastUnmet = isListed ? rate : beyond.unmetMbps;
    for (const path of paths) {
      const most = Math.max(0, path.widthMbps - rate);
      if (most <= second && leastUnmet === 0) break;
      this.#meter.used++;
      this.#put(path, rate);
      const left = this.#left(path);
      leastUnmet = Math.min(leastUnmet, this.#unmet(demand, path, rate));
      alone = Math.max(alone, left);
      const own = Math.max(0, left) - this.#taken(routed, residuals);
      if (own > net) [net, second] = [own, net];
      else if (own > second) second = own;
      this.#lift(path);
    }
    return { demand, aloneMbps: alone, netMbps: Math.min(net, alone), secondMbps: second, leastUnmetMbps: leastUnmet };
  }

  /** What any path leaves at most, and how much is unmet on it at least, that is not listed. */
  #beyond(demand: number, widthMbps: number, forced: Int32Array): { leftMbps: number; unmetMbps: number } {
    const { capacityMbps, rateMbps, rateVariance } = this.#graph;
    const rate = rateMbps[demand] as number;
    let left = widthMbps;
    let worst = Math.max(0, rate - widthMbps) / Math.max(rate, Number.MIN_VALUE);
    for (const resource of forced) {
      left = Math.min(left, (capacityMbps[resource] as number) - this.#loads.loadMbps(resource));
      worst = Math.max(worst, this.#loads.shortage(resource, rate, rateVariance[demand] as number));
    }
    return { leftMbps: Math.max(0, left - rate), unmetMbps: rate * Math.min(1, worst) };
  }

  #put({ resources, crossings }: ListedPath, rate: number): void {
    for (let place = 0; place < resources.length; place++)
      this.#addedMbps[resources[place] as number] = rate * (crossings[place] as number);
  }

  #lift({ resources }: ListedPath): void {
    for (let place = 0; place < resources.length; place++) this.#addedMbps[resources[place] as number] = 0;
  }

  /** What the path in hand leaves; also of paths in use. */
  #left({ resources }: ListedPath): number {
    const { capacityMbps } = this.#graph;
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < resources.length; place++) {
      const resource = resources[place] as number;
      const left =
        (capacityMbps[resource] as number) - this.#loads.loadMbps(resource) - (this.#addedMbps[resource] as number);
      if (left < least) least = left;
    }
    return least;
  }

  /** What the path in hand takes from those of routed demands. */
  #taken(routed: readonly number[], residuals: readonly number[]): number {
    let taken = 0;
    for (let place = 0; place < routed.length; place++) {
      const other = this.#loads.paths[routed[place] as number] as ListedPath;
      const before = residuals[place] as number;
      if (before <= 0) continue;
      taken += before - Math.min(before, Math.max(0, this.#left(other)));
    }
    return taken;
  }

  #unmet(demand: number, path: ListedPath, rate: number): number {
    if (path.latencyMs > (this.#graph.longestMs[demand] as number) + latencyTolerance) return rate;
    const variance = this.#graph.rateVariance[demand] as number;
    let worst = 0;
    for (let place = 0; place < path.resources.length; place++) {
      const crossings = path.crossings[place] as number;
      const short = this.#loads.shortage(path.resources[place] as number, crossings * rate, crossings * variance);
      if (short > worst) worst = short;
    }
    return rate * worst;
  }
}

const latencyTolerance = 1e-9;
