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
  /** The same, less what it takes from those routed demands of which no other open demand is said to take: these may be added up. */
  shareMbps: number;
  leastUnmetMbps: number;
}

/** What each of the paths looked at leaves, and by place in `routed` what it takes from routed demands. */
interface Looked {
  left: number[];
  taken: number[][];
  /** Place of the path with the most net; -1 if that is one that was not looked at. */
  best: number;
  /** Most of paths that were not looked at. */
  beyondMbps: number;
}

/** A demand without a path. */
export interface OpenDemand {
  demand: number;
  widest: WidestPaths;
  /** Resources that any path of it crosses. */
  forced: Int32Array;
  /** Whether it may be left without a path. */
  mayMiss: boolean;
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
   */
  prospects(open: readonly OpenDemand[], routed: readonly number[], residuals: readonly number[]): Prospect[] {
    const looked: Looked[] = [];
    const prospects = open.map((each) =>
      this.#loads.without(each.demand, () => {
        const { prospect, seen } = this.#look(each, routed, residuals);
        looked.push(seen);
        return prospect;
      }),
    );
    shareOut(prospects, looked, routed.length);
    return prospects;
  }

  #look(
    { demand, widest: { paths, beyondMbps }, forced, mayMiss }: OpenDemand,
    routed: readonly number[],
    residuals: readonly number[],
  ): { prospect: Prospect; seen: Looked } {
    const rate = this.#graph.rateMbps[demand] as number;
    const isListed = beyondMbps === Number.NEGATIVE_INFINITY;
    const beyond = this.#beyond(demand, beyondMbps, forced);
    const rest = isListed && !mayMiss ? Number.NEGATIVE_INFINITY : beyond.leftMbps;
    const seen: Looked = { left: [], taken: [], best: -1, beyondMbps: rest };
    let [alone, net, second] = [beyond.leftMbps, rest, Number.NEGATIVE_INFINITY];
    let leastUnmet = isListed ? rate : beyond.unmetMbps;
    for (const path of paths) {
      if (Math.max(0, path.widthMbps - rate) <= second && leastUnmet === 0) break;
      this.#meter.used++;
      this.#put(path, rate);
      const left = Math.max(0, this.#left(path));
      const taken = this.#taken(routed, residuals);
      this.#lift(path);
      leastUnmet = Math.min(leastUnmet, this.#unmet(demand, path, rate));
      alone = Math.max(alone, left);
      const own = taken.reduce((rest, each) => rest - each, left);
      if (own > net) {
        [net, second] = [own, net];
        seen.best = seen.left.length;
      } else if (own > second) second = own;
      seen.left.push(left);
      seen.taken.push(taken);
    }
    net = Math.min(net, alone);
    const prospect = { demand, aloneMbps: alone, netMbps: net, secondMbps: second, shareMbps: alone };
    return { prospect: { ...prospect, leastUnmetMbps: leastUnmet }, seen };
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

  /** By place in `routed`, what the path in hand takes from it. */
  #taken(routed: readonly number[], residuals: readonly number[]): number[] {
    return routed.map((other, place) => {
      const before = residuals[place] as number;
      if (before <= 0) return 0;
      return before - Math.min(before, Math.max(0, this.#left(this.#loads.paths[other] as ListedPath)));
    });
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

/** Lets each routed demand be taken from by one open demand alone, the one whose best path takes most. */
function shareOut(prospects: readonly Prospect[], looked: readonly Looked[], routed: number): void {
  const isTaken = looked.map(() => new Uint8Array(routed));
  for (let place = 0; place < routed; place++) {
    let [taker, most] = [-1, 0];
    looked.forEach(({ taken, best }, open) => {
      const much = taken[best]?.[place] ?? 0;
      if (much > most) [taker, most] = [open, much];
    });
    const mask = isTaken[taker];
    if (mask) mask[place] = 1;
  }
  prospects.forEach((prospect, open) => {
    const { left, taken, beyondMbps } = looked[open] as Looked;
    const mask = isTaken[open] as Uint8Array;
    let share = Math.max(beyondMbps, prospect.secondMbps);
    left.forEach((each, path) => {
      const rest = (taken[path] as number[]).reduce((sum, much, place) => sum - (mask[place] as number) * much, each);
      if (rest > share) share = rest;
    });
    prospect.shareMbps = Math.min(share, prospect.aloneMbps);
  });
}
