import type { Problem } from '../../model/problem.js';
import { HostColumns } from './host-columns.js';
import { Latencies } from './latencies.js';
import { addendsOf, type LinearRank, linearRank } from './linear-addends.js';
import { LinearWorth } from './linear-worth.js';
import type { PairCosts } from './pair-costs.js';
import type { Placed } from './placed.js';
import { unmetTree } from './unmet-tree.js';
import { Whole } from './whole.js';
import { WholeWorth } from './whole-worth.js';
import type { Worth } from './worth.js';

/** Differences below this share of a cost are rounding. */
const rounding = 1e-11;

/**
 * What placements are compared by, kept while items move: unmet demand, then the ranks of the objective, then how many VMs leave their
 * hosts. What is the same for all placements is left out.
 */
export class Costs {
  readonly placed: Placed;
  readonly latencies: Latencies;
  /** In the order in which they decide. */
  readonly worths: readonly Worth[];
  /** The place in `worths` of what decides first of the objective; that of moves if the objective is the same everywhere. */
  readonly main: number;
  /** Its place among the ranks of the objective; -1 for moves. */
  readonly mainRank: number;
  /** What items that exchange data cost by their distance; null where the main cost follows no distance. */
  readonly pairs: PairCosts | null;
  /** By worth: how much it counts in the one cost that a search lowers. */
  readonly weights: Float64Array;
  readonly #hostColumns: HostColumns;
  readonly #deltas: Float64Array;

  constructor(problem: Problem, placed: Placed) {
    const { demands, distances, hosts, objective } = problem;
    if (distances === undefined) throw new Error('the problem has links instead of distances');
    this.placed = placed;
    this.latencies = new Latencies(distances, hosts.length);
    this.#hostColumns = new HostColumns(problem, placed);
    const linear = (rank: LinearRank) => {
      const addends = addendsOf(problem, rank, this.latencies, placed, this.#hostColumns);
      return new LinearWorth(addends, placed, this.#hostColumns);
    };
    const isLimited = demands.some(({ maxLatencyMs }) => maxLatencyMs !== undefined);
    const unmet = isLimited
      ? [linear({ paths: [{ weight: 1, tree: unmetTree }], hosts: [], perMove: 0, perHost: 0 })]
      : [];
    const ranks = (objective.ranks ?? []).map((rank): Worth => {
      const parts = linearRank(rank, demands.length);
      if (parts !== null) return linear(parts);
      const whole = new Whole(problem, [rank], this.latencies, placed, this.#hostColumns);
      return new WholeWorth(rank, whole, placed, this.#hostColumns);
    });
    const varies = (worth: Worth) => !(worth instanceof LinearWorth) || !worth.isConstant;
    const varying = ranks.filter(varies);
    this.mainRank = ranks.findIndex(varies);
    this.worths = [...unmet, ...varying, linear({ paths: [], hosts: [], perMove: 1, perHost: 0 })];
    this.main = unmet.length;
    const main = this.worths[this.main];
    this.pairs = main instanceof LinearWorth ? main.addends.pairs : null;
    this.weights = new Float64Array(this.worths.length);
    this.weights[this.main] = 1;
    this.#deltas = new Float64Array(this.worths.length);
  }

  /** What each VM that leaves the host it runs on has to gain, in the unit of the main cost. */
  set leastGain(value: number) {
    this.weights[this.worths.length - 1] = value;
  }

  get mainCost(): number {
    return this.worths[this.main]?.cost ?? 0;
  }

  /** The one cost that a search lowers. */
  get cost(): number {
    return this.worths.reduce((sum, { cost }, place) => sum + (this.weights[place] as number) * cost, 0);
  }

  /** What moving an item to a host, and `other`, unless negative, from there to where the item is, adds to the one cost. */
  delta(item: number, host: number, other: number): number {
    let sum = 0;
    for (let place = 0; place < this.worths.length; place++) {
      const weight = this.weights[place] as number;
      if (weight === 0) continue;
      const delta = (this.worths[place] as Worth).delta(item, host, other);
      this.#deltas[place] = delta;
      sum += weight * delta;
    }
    return sum;
  }

  /** Whether a move makes the placement better, the first of `worths` that it changes deciding; of the main one net of the least gain. */
  isGain(item: number, host: number, other: number): boolean {
    for (let place = 0; place < this.worths.length; place++) {
      const worth = this.worths[place] as Worth;
      const delta = place === this.main ? this.#mainDelta(item, host, other) : worth.delta(item, host, other);
      if (Math.abs(delta) > rounding * Math.max(1, Math.abs(worth.cost))) return delta < 0;
    }
    return false;
  }

  /** Writes what placements are compared by, in the order in which it decides: costs by worth, the main one with the least gains. */
  rankInto(ranked: Float64Array): void {
    for (let place = 0; place < ranked.length; place++) ranked[place] = this.#rankedCost(place);
  }

  /** Whether the placement is better than one that was ranked. */
  isLessThan(ranked: Float64Array): boolean {
    for (let place = 0; place < ranked.length; place++) {
      const difference = this.#rankedCost(place) - (ranked[place] as number);
      if (Math.abs(difference) > rounding * Math.max(1, Math.abs(ranked[place] as number))) return difference < 0;
    }
    return false;
  }

  #rankedCost(place: number): number {
    const last = this.worths.length - 1;
    const cost = (this.worths[place] as Worth).cost;
    if (place !== this.main || this.main === last) return cost;
    return cost + (this.weights[last] as number) * (this.worths[last] as Worth).cost;
  }

  #mainDelta(item: number, host: number, other: number): number {
    const last = this.worths.length - 1;
    const main = (this.worths[this.main] as Worth).delta(item, host, other);
    const perMove = this.main === last ? 0 : (this.weights[last] as number);
    return perMove === 0 ? main : main + perMove * (this.worths[last] as Worth).delta(item, host, other);
  }

  move(item: number, host: number, other: number): void {
    const from = this.placed.hostOf[item] as number;
    for (let place = 0; place < this.worths.length; place++)
      this.#deltas[place] = (this.worths[place] as Worth).delta(item, host, other);
    this.placed.move(item, host, other);
    this.#hostColumns.shift(item, from, host);
    if (other >= 0) this.#hostColumns.shift(other, host, from);
    for (let place = 0; place < this.worths.length; place++)
      (this.worths[place] as Worth).moved(from, host, this.#deltas[place] as number);
  }

  /** Computes all costs anew, after items were placed by others, and now and then because sums of differences are not exact. */
  recount(): void {
    this.#hostColumns.recount();
    for (const worth of this.worths) worth.recount();
  }
}
