import type { Problem } from '../../model/problem.js';
import type { Latencies } from './latencies.js';
import type { PathPrice } from './path-price.js';
import type { Placed } from './placed.js';

/**
 * What demands between items cost by where the items are: for each pair of items an amount for each ms of latency, and one if they are
 * not on one host.
 */
export class PairCosts {
  /** What all demands cost that cost the same wherever VMs are, and all others if they were on one host. */
  readonly constant: number;
  /** Pairs of each item: those of item i from `first[i]` to before `first[i + 1]`. */
  readonly first: Int32Array;
  readonly other: Int32Array;
  /** By pair; in the direction from the item, or in both where latency is symmetric. */
  readonly #perMs: Float64Array;
  /** Towards the item; null where latency is symmetric. */
  readonly #perMsBack: Float64Array | null;
  /** Null if it is 0 for all. */
  readonly #apart: Float64Array | null;
  readonly #latencies: Latencies;
  readonly #hostOf: Int32Array;

  constructor({ demands }: Problem, prices: readonly PathPrice[], latencies: Latencies, placed: Placed) {
    const { count, itemOf } = placed.items;
    const ends = demands.map(({ source, destination }) => [itemOf[source] as number, itemOf[destination] as number]);
    this.constant = prices.reduce((sum, { inside }) => sum + inside, 0);
    const [first, other, pairOf] = pairs(count, ends);
    const perMs = new Float64Array(other.length);
    const perMsBack = new Float64Array(other.length);
    const apart = new Float64Array(other.length);
    const backwards = latencies.isSymmetric ? perMs : perMsBack;
    demands.forEach((_, demand) => {
      const [out, back] = [pairOf[2 * demand] as number, pairOf[2 * demand + 1] as number];
      if (out < 0) return;
      const price = prices[demand] as PathPrice;
      (perMs[out] as number) += price.perMs;
      (backwards[back] as number) += price.perMs;
      for (const pair of [out, back]) (apart[pair] as number) += price.outside - price.inside;
    });
    this.first = first;
    this.other = other;
    this.#perMs = perMs;
    this.#perMsBack = latencies.isSymmetric ? null : perMsBack;
    this.#apart = apart.some((value) => value !== 0) ? apart : null;
    this.#latencies = latencies;
    this.#hostOf = placed.hostOf;
  }

  /** What moving an item to a host would add, and moving `other`, unless negative, from there to where the item is. */
  delta(item: number, to: number, other: number): number {
    const from = this.#hostOf[item] as number;
    const alone = this.#gap(item, from, to, other);
    if (other < 0) return alone;
    return alone + this.#gap(other, to, from, item) + this.#between(item, other, from, to);
  }

  /** What an item would cost on a host, with all others that have a place. */
  costAt(item: number, host: number): number {
    const end = this.first[item + 1] as number;
    let sum = 0;
    for (let pair = this.first[item] as number; pair < end; pair++) {
      const there = this.#hostOf[this.other[pair] as number] as number;
      if (there >= 0) sum += this.#cost(pair, host, there);
    }
    return sum;
  }

  /** Of all pairs. */
  total(): number {
    let sum = 0;
    for (let item = 0; item + 1 < this.first.length; item++) sum += this.costAt(item, this.#hostOf[item] as number);
    return this.constant + sum / 2;
  }

  /**
   * No placement costs less: each item has its partners at best as near as that many can be, those it exchanges most with nearest.
   * @param nearest by number of partners before it, ascending
   */
  leastTotal(nearest: Float64Array): number {
    let sum = 0;
    for (let item = 0; item + 1 < this.first.length; item++) {
      const [first, end] = [this.first[item] as number, this.first[item + 1] as number];
      const weights = Float64Array.from({ length: end - first }, (_, place) => -this.weight(first + place)).sort();
      sum -= weights.reduce((total, weight, place) => total + weight * (nearest[place] as number), 0);
    }
    return this.constant + sum / 2;
  }

  /** Whether pairs cost nothing but what their latency costs. */
  get areByLatencyAlone(): boolean {
    return this.#apart === null;
  }

  /** Writes what each item sends to each other into a square matrix. */
  fillFlows(flows: Float64Array, size: number): void {
    const share = this.#perMsBack === null ? 0.5 : 1;
    for (let item = 0; item + 1 < this.first.length; item++)
      for (let pair = this.first[item] as number; pair < (this.first[item + 1] as number); pair++)
        flows[item * size + (this.other[pair] as number)] = share * (this.#perMs[pair] as number);
  }

  /** How much two items weigh together, per ms. */
  weight(pair: number): number {
    return (this.#perMs[pair] as number) + (this.#perMsBack === null ? 0 : (this.#perMsBack[pair] as number));
  }

  #cost(pair: number, host: number, there: number): number {
    let cost = (this.#perMs[pair] as number) * this.#latencies.between(host, there);
    if (this.#perMsBack !== null) cost += (this.#perMsBack[pair] as number) * this.#latencies.between(there, host);
    if (this.#apart !== null && host !== there) cost += this.#apart[pair] as number;
    return cost;
  }

  /** What an item's pairs, without the one with `except`, would cost more on another host. */
  #gap(item: number, from: number, to: number, except: number): number {
    const { other, first } = this;
    const [latencies, hostOf, perMs] = [this.#latencies, this.#hostOf, this.#perMs];
    const end = first[item + 1] as number;
    const isPlain = this.#apart === null && this.#perMsBack === null;
    let sum = 0;
    for (let pair = first[item] as number; pair < end; pair++) {
      const partner = other[pair] as number;
      if (partner === except) continue;
      const there = hostOf[partner] as number;
      if (isPlain) sum += (perMs[pair] as number) * (latencies.between(to, there) - latencies.between(from, there));
      else sum += this.#cost(pair, to, there) - this.#cost(pair, from, there);
    }
    return sum;
  }

  /** What the pair of two items adds when they change places. */
  #between(item: number, other: number, from: number, to: number): number {
    if (this.#perMsBack === null) return 0;
    const end = this.first[item + 1] as number;
    for (let pair = this.first[item] as number; pair < end; pair++)
      if (this.other[pair] === other) return this.#cost(pair, to, from) - this.#cost(pair, from, to);
    return 0;
  }
}

/** The pairs of each item, each with another item; and of each demand its pair in both directions, -1 within one item. */
function pairs(count: number, ends: readonly number[][]): [first: Int32Array, other: Int32Array, pairOf: Int32Array] {
  const demandsOf: number[][] = Array.from({ length: count }, () => []);
  ends.forEach(([a, b], demand) => {
    if (a === b) return;
    demandsOf[a as number]?.push(2 * demand);
    demandsOf[b as number]?.push(2 * demand + 1);
  });
  const pairOf = new Int32Array(2 * ends.length).fill(-1);
  const first = new Int32Array(count + 1);
  const other: number[] = [];
  /** By item: its pair with the item at hand, if that is not from an earlier one. */
  const known = new Int32Array(count).fill(-1);
  for (let item = 0; item < count; item++) {
    for (const end of demandsOf[item] as number[]) {
      const partner = ends[end >> 1]?.[1 - (end & 1)] as number;
      if ((known[partner] as number) < (first[item] as number)) known[partner] = other.push(partner) - 1;
      pairOf[end] = known[partner] as number;
    }
    first[item + 1] = other.length;
  }
  return [first, Int32Array.from(other), pairOf];
}
