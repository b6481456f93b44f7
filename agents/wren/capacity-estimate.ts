import type { BusyPair } from './busy-pair.js';
import { RatePool } from './rate-pool.js';
import { type Rate, RateRecords, type TypicalRate } from './rate-records.js';

/** Certain to be busy from what was seen before its second packet. */
export interface Pair extends BusyPair {
  /** They left so close together that next to no cross traffic can have come in between. */
  isTogether: boolean;
}

export interface Capacity extends Rate {
  /** From packets that left together; else from fast runs, which cross traffic may have slowed down. */
  isFirm: boolean;
  /** False where packets that left together are spaced by something else as well. */
  isOneLink: boolean;
}

const refreshNs = 2.5e8;
const firmRefreshNs = 1e9;
/** The shorter a run, the more of them have no cross traffic within. */
const leastRunBits = 2 * 12_000;
/** Arrivals are off by some 30 µs; a record should be good to a few per cent. */
const leastNs = 0.85e6;

/**
 * Packets that left together are sorted by how much of the time between their arrivals lies between their departures: the less, the
 * less can have come in between.
 */
const apart = [0.02, 0.08, 1];
const widestSpread = 0.1;
const largestError = 0.015;

/**
 * Capacity of the bottleneck: from packets that left together, whose arrivals are spaced by nothing but it; where a sender spaces
 * them all, from the fastest runs that kept it busy. Unknown until enough of them agree.
 */
export class CapacityEstimate {
  /** Undefined while unknown. */
  current: Capacity | undefined;
  readonly #together = apart.map(() => new RatePool());
  readonly #runs = new RateRecords();
  #refreshAtNs = Number.NEGATIVE_INFINITY;
  // The run of busy pairs.
  #runBits = 0;
  #runArrivingNs = 0;
  #runDepartingNs = 0;

  add(pair: Pair): void {
    const kind = pair.isTogether ? apart.findIndex((share) => pair.departingNs <= share * pair.arrivingNs) : -1;
    for (let index = 0; index < apart.length; index += 1) {
      const pool = this.#together[index] as RatePool;
      if (index === kind) pool.add(pair);
      else pool.gap();
    }
    this.#run(pair);
  }

  /** The chain of busy pairs is broken. */
  gap(): void {
    for (const pool of this.#together) pool.gap();
    this.#runBits = 0;
  }

  /** Looks again if it is time to; `cross` is the rate of cross traffic as far as known, in bits a ns. True if it looked. */
  refresh(nowNs: number, cross: number): boolean {
    if (nowNs < this.#refreshAtNs) return false;
    this.#refreshAtNs = nowNs + (this.current?.isFirm ? firmRefreshNs : refreshNs);
    const together = this.#typical(nowNs, cross);
    const isOneLink = !together || together.spread <= widestSpread;
    const isFirm = together !== undefined && isOneLink && together.error <= largestError * together.bitsPerNs;
    const rate = isFirm ? together : this.#runs.highestMode(nowNs);
    this.current = rate && { bitsPerNs: rate.bitsPerNs, error: rate.error, isFirm, isOneLink };
    return true;
  }

  #typical(nowNs: number, cross: number): TypicalRate | undefined {
    for (const pool of this.#together) {
      const rate = pool.records.typical(nowNs, cross);
      if (rate) return rate;
    }
    return undefined;
  }

  #run(pair: Pair): void {
    if (this.#runBits === 0) {
      this.#runArrivingNs = 0;
      this.#runDepartingNs = 0;
    }
    this.#runBits += pair.bits;
    this.#runArrivingNs += pair.arrivingNs;
    this.#runDepartingNs += pair.departingNs;
    if (this.#runBits < leastRunBits || this.#runArrivingNs < leastNs) return;
    this.#runs.add({
      atNs: pair.atNs,
      bits: this.#runBits,
      arrivingNs: this.#runArrivingNs,
      departingNs: this.#runDepartingNs,
    });
    this.#runBits = 0;
  }
}
