import { unslowed } from './unslowed.js';

/** What ran through a bottleneck that was busy all the while. */
export interface RateRecord {
  atNs: number;
  bits: number;
  /** From the arrival before the first packet to the last. */
  arrivingNs: number;
  /** The same for departures: cross traffic can only have come in between in this time. */
  departingNs: number;
}

export interface Rate {
  bitsPerNs: number;
  /** Standard error of it. */
  error: number;
}

export interface TypicalRate extends Rate {
  /** Median of how far records are from it, relative. */
  spread: number;
}

const size = 512;
const oldestNs = 30e9;
const leastRecords = 6;
const leastBits = 64 * 12_000;
/** A mode is what gathers at least so much of what the largest one does. */
const leastOfPeak = 0.15;

/** The last records, and what rate most of them agree on. */
export class RateRecords {
  readonly #atNs = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  readonly #bits = new Float64Array(size);
  readonly #arrivingNs = new Float64Array(size);
  readonly #departingNs = new Float64Array(size);
  /** Of those that were sorted last. */
  readonly #rates = new Float64Array(size);
  #next = 0;

  add(record: RateRecord): void {
    const k = this.#next;
    this.#atNs[k] = record.atNs;
    this.#bits[k] = record.bits;
    this.#arrivingNs[k] = record.arrivingNs;
    this.#departingNs[k] = record.departingNs;
    this.#next = (k + 1) % size;
  }

  /** Median by bits, then the mean of what gathers next to it. For records that cross traffic hardly got into. */
  typical(nowNs: number, cross: number): TypicalRate | undefined {
    const order = this.#byRate(nowNs, cross);
    if (!this.#isEnough(order)) return undefined;
    const rates = order.map((k) => this.#rates[k] as number);
    const { median, spread } = middle(
      rates,
      order.map((k) => this.#bits[k] as number),
    );
    const guess = { centre: median, reach: Math.max(0.02 * median, reachOfTypical * spread) };
    const { centre, reach } = unslowed(rates, guess);
    const rate = this.#meanOf(
      order.filter((_, i) => Math.abs((rates[i] as number) - centre) <= reach),
      cross,
    );
    return { ...rate, spread: spread / median };
  }

  /** The highest rate at which records gather: cross traffic only makes them slower. */
  highestMode(nowNs: number): Rate | undefined {
    const order = this.#byRate(nowNs, 0);
    if (!this.#isEnough(order)) return undefined;
    const rates = order.map((k) => this.#rates[k] as number);
    const weights = windowWeights(
      rates,
      order.map((k) => this.#bits[k] as number),
    );
    const peak = Math.max(...weights);
    let mode = weights.length - 1;
    while (mode > 0 && (weights[mode] as number) < leastOfPeak * peak) mode -= 1;
    while (mode > 0 && (weights[mode - 1] as number) >= (weights[mode] as number)) mode -= 1;
    const centre = rates[mode] as number;
    const gathered = order.filter((_, i) => Math.abs((rates[i] as number) / centre - 1) <= reachOfMode);
    return this.#isEnough(gathered) ? this.#meanOf(gathered, 0) : undefined;
  }

  #byRate(nowNs: number, cross: number): number[] {
    const order: number[] = [];
    for (let k = 0; k < size; k += 1) {
      if ((this.#atNs[k] as number) <= nowNs - oldestNs) continue;
      const bits = (this.#bits[k] as number) + cross * (this.#departingNs[k] as number);
      this.#rates[k] = bits / (this.#arrivingNs[k] as number);
      order.push(k);
    }
    return order.sort((a, b) => (this.#rates[a] as number) - (this.#rates[b] as number));
  }

  #isEnough(chosen: number[]): boolean {
    return chosen.length >= leastRecords && chosen.reduce((sum, k) => sum + (this.#bits[k] as number), 0) >= leastBits;
  }

  /** Bits over time, not the mean of rates: noise of the time makes that too large. */
  #meanOf(chosen: number[], cross: number): Rate {
    let bits = 0;
    let timeNs = 0;
    for (const k of chosen) {
      bits += (this.#bits[k] as number) + cross * (this.#departingNs[k] as number);
      timeNs += this.#arrivingNs[k] as number;
    }
    const bitsPerNs = bits / timeNs;
    let squares = 0;
    for (const k of chosen) {
      const expected = (this.#bits[k] as number) + cross * (this.#departingNs[k] as number);
      squares += (expected - bitsPerNs * (this.#arrivingNs[k] as number)) ** 2;
    }
    return { bitsPerNs, error: Math.sqrt(squares) / timeNs };
  }
}

/** Times the median deviation. */
const reachOfTypical = 3;
const reachOfMode = 0.03;

/** Of ascending values, that which has half of the weight on either side, and how far off half of the weight lies at most. */
function middle(values: number[], weights: number[]): { median: number; spread: number } {
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  let at = 0;
  for (let below = weights[0] as number; below < half; below += weights[at] as number) at += 1;
  const median = values[at] as number;
  let [low, high, gathered, spread] = [at - 1, at + 1, weights[at] as number, 0];
  while (gathered < half) {
    const below = low < 0 ? Number.POSITIVE_INFINITY : median - (values[low] as number);
    const above = high === values.length ? Number.POSITIVE_INFINITY : (values[high] as number) - median;
    spread = Math.min(below, above);
    gathered += weights[below <= above ? low-- : high++] as number;
  }
  return { median, spread };
}

/** For each rate of an ascending list, the weight within 3 % of it. */
function windowWeights(rates: number[], weights: number[]): number[] {
  let low = 0;
  let high = 0;
  let sum = 0;
  return rates.map((rate) => {
    while (high < rates.length && (rates[high] as number) <= rate * (1 + reachOfMode)) {
      sum += weights[high] as number;
      high += 1;
    }
    while ((rates[low] as number) < rate * (1 - reachOfMode)) {
      sum -= weights[low] as number;
      low += 1;
    }
    return sum;
  });
}
