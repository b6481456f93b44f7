import { remembered } from '../model/derived.js';
import { type Pair, type PairRate, pairName } from '../model/pair.js';
import type { PairIndex } from './pair-index.js';
import { pairAt, type Rates, ratesOf } from './rates.js';

/** How two matrices differ. */
export interface Difference {
  /** As a share of the larger matrix: 0 for equal ones, 1 and more for ones with nothing in common. */
  share: number;
  /** Pairs that differ by more than the threshold, as a share of their own larger rate. */
  pairs: Pair[];
}

export interface DifferenceOptions {
  /** Rate that a pair may have had without being in what was declared. */
  floorMbps: number;
  threshold: number;
  /** Entries now that are smaller, and were not declared, are not compared. */
  leastMbps: number;
}

/** How demands now differ from what was declared. */
export function difference(
  before: readonly PairRate[],
  now: Pick<Rates, 'index' | 'rows' | 'rateMbps'>,
  { floorMbps, threshold, leastMbps }: DifferenceOptions,
): Difference {
  const places = placesByRow(before, now.index);
  const beforeMbps = ratesMbpsOf(before);
  const isCompared = new Uint8Array(before.length);
  const sums = new Sums(threshold);
  for (let at = 0; at < now.rows.length; at++) {
    const is = now.rateMbps[at] ?? 0;
    const place = places[now.rows[at] ?? -1] ?? -1;
    if (place < 0 && is < leastMbps) continue;
    if (place >= 0) isCompared[place] = 1;
    sums.add(pairAt(now, at), beforeMbps[place] ?? Math.min(floorMbps, is), is);
  }
  before.forEach((entry, place) => {
    if (isCompared[place] === 0) sums.add(entry, entry.rateMbps, 0);
  });
  return { share: sums.share, pairs: sums.pairs };
}

class Sums {
  readonly pairs: Pair[] = [];
  readonly #threshold: number;
  #changes = 0;
  #before = 0;
  #after = 0;

  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  add(pair: Pair, was: number, is: number): void {
    const change = Math.abs(is - was);
    this.#changes += change;
    this.#before += was;
    this.#after += is;
    if (change > this.#threshold * Math.max(was, is)) this.pairs.push(pair);
  }

  get share(): number {
    const larger = Math.max(this.#before, this.#after);
    return larger === 0 ? 0 : this.#changes / larger;
  }
}

/** Difference of two matrices as a share of the larger: 0 for equal ones, 1 and more for ones with nothing in common. */
export function relativeChange(before: readonly PairRate[], after: readonly PairRate[]): number {
  return difference(before, ratesOf(after), { floorMbps: 0, threshold: 0, leastMbps: 0 }).share;
}

/** What was declared is compared at each step, so where its pairs stand is worked out once, if all of them have rows. */
const known = new WeakMap<readonly PairRate[], { index: PairIndex; places: Int32Array }>();
const columns = new WeakMap<readonly PairRate[], Float64Array>();

export function ratesMbpsOf(entries: readonly PairRate[]): Float64Array {
  return remembered(columns, entries, () => Float64Array.from(entries, ({ rateMbps }) => rateMbps));
}

/** Where pairs stand in a list, by row; -1, or nothing, for those that do not. */
export function placesByRow(entries: readonly PairRate[], index: PairIndex): Int32Array {
  const last = known.get(entries);
  if (last?.index === index) return last.places;
  const places = new Int32Array(index.pairs.length).fill(-1);
  const rows = entries.map((entry) => index.rowOf(pairName(entry)));
  for (const [place, row] of rows.entries()) if (row !== undefined) places[row] = place;
  if (!rows.includes(undefined)) known.set(entries, { index, places });
  return places;
}
