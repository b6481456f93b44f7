import { type Rate, RateRecords } from './rate-records.js';

/**
 * Two arrivals in a row, without a gap in what was captured, while the bottleneck certainly worked from the first departure to the
 * second, from what was seen before the second.
 */
export interface Pair {
  atNs: number;
  /** Of the second packet. */
  bits: number;
  departingNs: number;
  arrivingNs: number;
  /** They left so close together that next to no cross traffic can have come in between. */
  isTogether: boolean;
}

export interface Capacity extends Rate {
  /** From packets that left together; else from fast runs, which cross traffic may have slowed down. */
  isFirm: boolean;
}

const refreshNs = 2.5e8;
const leastBits = 4 * 12_000;
/** The shorter a run, the more of them have no cross traffic within. */
const leastRunBits = 2 * 12_000;
/** Arrivals are off by some 30 µs; a record should be good to a few per cent. */
const leastNs = 0.85e6;
const longestPoolNs = 2e9;

/**
 * Capacity of the bottleneck: from packets that left together, whose arrivals are spaced by nothing but it; where a sender spaces
 * them all, from the fastest runs that kept it busy. Unknown until enough of them agree.
 */
export class CapacityEstimate {
  /** Undefined while unknown. */
  current: Capacity | undefined;
  readonly #together = new RateRecords();
  readonly #runs = new RateRecords();
  #refreshAtNs = Number.NEGATIVE_INFINITY;
  // Pairs that left together, pooled: many are short.
  #poolBits = 0;
  #poolArrivingNs = 0;
  #poolDepartingNs = 0;
  #poolPieces = 0;
  #poolFromNs = 0;
  #wasTogether = false;
  // The run of busy pairs.
  #runBits = 0;
  #runArrivingNs = 0;
  #runDepartingNs = 0;

  add(pair: Pair): void {
    if (pair.isTogether) this.#pool(pair);
    this.#wasTogether = pair.isTogether;
    this.#run(pair);
  }

  /** The chain of busy pairs is broken. */
  gap(): void {
    this.#wasTogether = false;
    this.#runBits = 0;
  }

  /** Looks again if it is time to; `cross` is the rate of cross traffic as far as known, in bits a ns. True if it looked. */
  refresh(nowNs: number, cross: number): boolean {
    if (nowNs < this.#refreshAtNs) return false;
    this.#refreshAtNs = nowNs + refreshNs;
    const firm = this.#together.typical(nowNs, cross);
    const rate = firm ?? this.#runs.highestMode(nowNs);
    this.current = rate && { ...rate, isFirm: firm !== undefined };
    return true;
  }

  #pool(pair: Pair): void {
    if (pair.atNs - this.#poolFromNs > longestPoolNs) this.#emptyPool(pair.atNs);
    this.#poolBits += pair.bits;
    this.#poolArrivingNs += pair.arrivingNs;
    this.#poolDepartingNs += pair.departingNs;
    if (!this.#wasTogether) this.#poolPieces += 1;
    // Each piece has the noise of its two ends.
    if (this.#poolBits < leastBits || this.#poolArrivingNs < leastNs * Math.sqrt(this.#poolPieces)) return;
    this.#together.add({
      atNs: pair.atNs,
      bits: this.#poolBits,
      arrivingNs: this.#poolArrivingNs,
      departingNs: this.#poolDepartingNs,
    });
    this.#emptyPool(pair.atNs);
  }

  #emptyPool(nowNs: number): void {
    this.#poolBits = 0;
    this.#poolArrivingNs = 0;
    this.#poolDepartingNs = 0;
    this.#poolPieces = 1;
    this.#poolFromNs = nowNs;
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
