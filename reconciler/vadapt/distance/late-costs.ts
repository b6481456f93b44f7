import type { Problem } from '../../model/problem.js';
import type { Latencies } from './latencies.js';
import { type Lists, listsOf } from './lists.js';
import type { PathPrice } from './path-price.js';
import type { Placed } from './placed.js';

/** What demands cost whose latency is over their limit. */
export class LateCosts {
  /** By item: demands with a limit from or to it. */
  readonly #demandsOf: Lists;
  readonly #demands: number[];
  readonly #source: Int32Array;
  readonly #destination: Int32Array;
  readonly #limitMs: Float64Array;
  readonly #price: Float64Array;
  readonly #latencies: Latencies;
  readonly #hostOf: Int32Array;

  constructor({ demands }: Problem, prices: readonly PathPrice[], latencies: Latencies, placed: Placed) {
    const { count, itemOf } = placed.items;
    this.#latencies = latencies;
    this.#hostOf = placed.hostOf;
    this.#source = Int32Array.from(demands, ({ source }) => itemOf[source] as number);
    this.#destination = Int32Array.from(demands, ({ destination }) => itemOf[destination] as number);
    this.#limitMs = Float64Array.from(demands, ({ maxLatencyMs }) => maxLatencyMs ?? Number.POSITIVE_INFINITY);
    this.#price = Float64Array.from(prices, ({ late }) => late);
    const isLimited = (demand: number) =>
      demands[demand]?.maxLatencyMs !== undefined && this.#source[demand] !== this.#destination[demand];
    this.#demands = [...demands.keys()].filter(isLimited);
    const demandsOf: number[][] = Array.from({ length: count }, () => []);
    for (const demand of this.#demands)
      for (const item of [this.#source[demand], this.#destination[demand]]) demandsOf[item as number]?.push(demand);
    this.#demandsOf = listsOf(demandsOf);
  }

  delta(item: number, to: number, other: number): number {
    const from = this.#hostOf[item] as number;
    const before = this.#costOf(item, -1) + (other < 0 ? 0 : this.#costOf(other, item));
    this.#hostOf[item] = to;
    if (other >= 0) this.#hostOf[other] = from;
    const after = this.#costOf(item, -1) + (other < 0 ? 0 : this.#costOf(other, item));
    this.#hostOf[item] = from;
    if (other >= 0) this.#hostOf[other] = to;
    return after - before;
  }

  /** Of the item's demands, without those with `except`. */
  #costOf(item: number, except: number): number {
    const { all, first } = this.#demandsOf;
    let sum = 0;
    for (let place = first[item] as number; place < (first[item + 1] as number); place++) {
      const demand = all[place] as number;
      if (this.#source[demand] !== except && this.#destination[demand] !== except) sum += this.#cost(demand);
    }
    return sum;
  }

  #cost(demand: number): number {
    const from = this.#hostOf[this.#source[demand] as number] as number;
    const to = this.#hostOf[this.#destination[demand] as number] as number;
    if (from < 0 || to < 0) return 0;
    return this.#latencies.between(from, to) > (this.#limitMs[demand] as number) ? (this.#price[demand] as number) : 0;
  }

  total(): number {
    return this.#demands.reduce((sum, demand) => sum + this.#cost(demand), 0);
  }
}
