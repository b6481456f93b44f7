import type { Aggregator } from '../../../schema/objective/functions.js';
import { aggregate } from '../objective/aggregate.js';
import type { Closure } from '../objective/closure.js';

/** Values of hosts and their aggregate: sums, means and deviations by differences, all others from all hosts. */
export class Spread {
  readonly weight: number;
  readonly #aggregator: Aggregator;
  /** The value of a host, from its columns. */
  readonly #row: Closure;
  readonly #values: Float64Array;
  readonly #at: Closure;
  /** What values are counted from, so that their squares stay small. */
  #middle = 0;
  #sum = 0;
  #squares = 0;

  constructor(weight: number, aggregator: Aggregator, row: Closure, hosts: number) {
    const values = new Float64Array(hosts);
    this.weight = weight;
    this.#aggregator = aggregator;
    this.#row = row;
    this.#values = values;
    this.#at = (host) => values[host] as number;
  }

  /** Takes the values of all hosts anew. */
  recount(): void {
    const { length } = this.#values;
    for (let host = 0; host < length; host++) this.#values[host] = this.#row(host);
    this.#middle = this.#values.reduce((sum, value) => sum + value, 0) / length;
    this.#sum = 0;
    this.#squares = 0;
    for (let host = 0; host < length; host++) this.#count((this.#values[host] as number) - this.#middle, 1);
  }

  #count(off: number, sign: 1 | -1): void {
    this.#sum += sign * off;
    this.#squares += sign * off * off;
  }

  /** Takes the values of two hosts anew. */
  refresh(host: number, other: number): void {
    for (const each of [host, other]) {
      this.#count((this.#values[each] as number) - this.#middle, -1);
      this.#values[each] = this.#row(each);
      this.#count((this.#values[each] as number) - this.#middle, 1);
    }
  }

  value(): number {
    return this.#valueOf(this.#sum, this.#squares);
  }

  /** The value as it would be with what the columns of two hosts show. */
  valueWith(host: number, other: number): number {
    const [before, otherBefore] = [this.#values[host] as number, this.#values[other] as number];
    const [after, otherAfter] = [this.#row(host), this.#row(other)];
    const middle = this.#middle;
    const sum = this.#sum + (after - before) + (otherAfter - otherBefore);
    const squares =
      this.#squares +
      (after - before) * (after + before - 2 * middle) +
      (otherAfter - otherBefore) * (otherAfter + otherBefore - 2 * middle);
    if (this.#isByDifferences) return this.#valueOf(sum, squares);
    this.#values[host] = after;
    this.#values[other] = otherAfter;
    const value = this.#valueOf(sum, squares);
    this.#values[host] = before;
    this.#values[other] = otherBefore;
    return value;
  }

  get #isByDifferences(): boolean {
    return this.#aggregator === 'sum' || this.#aggregator === 'mean' || this.#aggregator === 'deviation';
  }

  /** `sum` and `squares` are those of what values are off the middle. */
  #valueOf(sum: number, squares: number): number {
    const hosts = this.#values.length;
    const mean = sum / hosts;
    switch (this.#aggregator) {
      case 'sum':
        return sum + this.#middle * hosts;
      case 'mean':
        return mean + this.#middle;
      case 'deviation':
        return Math.sqrt(Math.max(0, squares / hosts - mean * mean));
      default:
        return aggregate(this.#aggregator, this.#at, null, 0, hosts);
    }
  }
}
