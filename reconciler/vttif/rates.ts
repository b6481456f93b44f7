import { type PairRate, pairName } from '../model/pair.js';
import type { NamedPair } from './names.js';
import { indexOf, type PairIndex, withPairs } from './pair-index.js';

/** A traffic matrix in columns: so many pairs are taken up each second that an object for each would keep the collector busy. */
export interface Rates {
  /** Of all pairs that have rows, and what follows from it. */
  names: readonly string[];
  index: PairIndex;
  /** Which pairs they are, each once. */
  rows: Int32Array;
  rateMbps: Float64Array;
  /** Of the average, in (Mb/s)²; NaN when one reading is all there is. */
  variance: Float64Array;
}

/** One entry of the matrix after the low-pass filter. */
export interface SmoothedRate extends PairRate {
  /** By `pairName`. */
  name: string;
  /** Variance of the average, in (Mb/s)²; null when one reading is all there is. */
  variance: number | null;
}

export function pairAt({ index, rows }: Pick<Rates, 'index' | 'rows'>, place: number): NamedPair {
  const pair = index.pairs[rows[place] ?? -1];
  if (pair === undefined) throw new Error(`there is no pair at ${place} of ${rows.length}`);
  return pair;
}

export function placesWhere(rates: Pick<Rates, 'index' | 'rows'>, isWanted: (pair: NamedPair) => boolean): number[] {
  const places: number[] = [];
  for (let place = 0; place < rates.rows.length; place++) if (isWanted(pairAt(rates, place))) places.push(place);
  return places;
}

/** 0 for none. */
export function largest(ratesMbps: ArrayLike<number>): number {
  let most = 0;
  for (let place = 0; place < ratesMbps.length; place++) most = Math.max(most, ratesMbps[place] ?? 0);
  return most;
}

/** Entries of at least `leastMbps` as a list, in the same order. */
export function listed(rates: Rates, leastMbps = 0): SmoothedRate[] {
  const list: SmoothedRate[] = [];
  for (const [place, rateMbps] of rates.rateMbps.entries()) {
    if (rateMbps < leastMbps) continue;
    const { name, network, source, destination } = pairAt(rates, place);
    const variance = rates.variance[place] ?? Number.NaN;
    list.push({ name, network, source, destination, rateMbps, variance: Number.isNaN(variance) ? null : variance });
  }
  return list;
}

/** From a list in which each pair is once. `names`: those of pairs that have rows already. */
export function ratesOf(entries: readonly (PairRate & Partial<SmoothedRate>)[], names: readonly string[] = []): Rates {
  const wanted = entries.map(pairName);
  const all = withPairs(names, [wanted]);
  const index = indexOf(all);
  const rateMbps = Float64Array.from(entries, (entry) => entry.rateMbps);
  const variance = Float64Array.from(entries, (entry) => entry.variance ?? Number.NaN);
  return { names: all, index, rows: index.rowsOf(wanted), rateMbps, variance };
}

/** What stands at some places of a matrix, then rates of others, by `pairName`. */
export function withEntries(rates: Rates, places: readonly number[], others: ReadonlyMap<string, number>): Rates {
  const added = [...others.keys()];
  const names = withPairs(rates.names, [added]);
  const entries = new RatesBuilder(names, places.length + added.length);
  for (const place of places) entries.addFrom(rates, place);
  const rows = indexOf(names).rowsOf(added);
  for (const [at, rateMbps] of [...others.values()].entries()) entries.add(rows[at] ?? 0, rateMbps, Number.NaN);
  return entries.rates();
}

/** Gathers a matrix entry by entry; of a pair that comes more than once, the sum, where it came first. */
export class RatesBuilder {
  readonly #names: readonly string[];
  readonly #rows: Int32Array;
  readonly #rateMbps: Float64Array;
  readonly #variance: Float64Array;
  /** Where pairs stand, by row. */
  readonly #places: Int32Array;
  #length = 0;

  constructor(names: readonly string[], most: number) {
    this.#names = names;
    this.#rows = new Int32Array(most);
    this.#rateMbps = new Float64Array(most);
    this.#variance = new Float64Array(most);
    this.#places = new Int32Array(names.length).fill(-1);
  }

  add(row: number, rateMbps: number, variance: number): void {
    const known = this.#places[row] ?? -1;
    const place = known < 0 ? this.#length++ : known;
    this.#rows[place] = row;
    this.#places[row] = place;
    this.#rateMbps[place] = (this.#rateMbps[place] ?? 0) + rateMbps;
    this.#variance[place] = (this.#variance[place] ?? 0) + variance;
  }

  /** What stands at a place of another matrix, of the same pairs or fewer. */
  addFrom({ rows, rateMbps, variance }: Rates, place: number): void {
    this.add(rows[place] ?? 0, rateMbps[place] ?? 0, variance[place] ?? Number.NaN);
  }

  /** To be asked for once. */
  rates(): Rates {
    const rows = this.#rows.subarray(0, this.#length);
    const rateMbps = this.#rateMbps.subarray(0, this.#length);
    const variance = this.#variance.subarray(0, this.#length);
    return { names: this.#names, index: indexOf(this.#names), rows, rateMbps, variance };
  }
}
