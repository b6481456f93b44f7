import type { TimedPacket } from './packet.js';
import { trainTrend } from './train-trend.js';

const longestTrain = 64;
const shortestTrain = 7;
const keptTrains = 512;

/** Between which initial sending rates congestion began, in Mb/s; an end without trains is undefined. */
export interface SicEstimate {
  highestUncongestedMbps?: number;
  lowestCongestedMbps?: number;
  trains: number;
}

/**
 * The seed's self-induced congestion: packets are grouped into trains of similar gaps, as long as they last; if delays rise along a
 * train, its initial sending rate exceeds what is available. Shown beside the estimate, as a cross-check: today's senders let
 * bursts go at the rate of their device, which congests any path.
 */
export class SelfInducedCongestion {
  // The train that grows: its packets, where packets with one departure are one.
  readonly #delaysNs = new Float64Array(longestTrain);
  #length = 0;
  #bits = 0;
  #firstBits = 0;
  #firstNs = 0;
  #lastNs = 0;
  #lastBits = 0;
  #meanGapNs = 0;
  // Trains that told something.
  readonly #atNs = new Float64Array(keptTrains).fill(Number.NEGATIVE_INFINITY);
  readonly #rates = new Float64Array(keptTrains);
  readonly #isCongested = new Uint8Array(keptTrains);
  #next = 0;

  packet({ departureNs, arrivalNs, bytes, isAfterGap }: TimedPacket): void {
    const bits = bytes * 8;
    const delayNs = arrivalNs - departureNs;
    const gapNs = departureNs - this.#lastNs;
    if (this.#length > 0 && gapNs === 0 && !isAfterGap) {
      this.#bits += bits;
      this.#lastBits += bits;
      if (this.#length === 1) this.#firstBits += bits;
      this.#delaysNs[this.#length - 1] = delayNs;
      return;
    }
    const isSimilar = this.#length < 2 || (gapNs > 0.5 * this.#meanGapNs && gapNs < 2 * this.#meanGapNs);
    if (isAfterGap || gapNs < 0 || !isSimilar || this.#length === longestTrain) {
      this.#close(arrivalNs);
      // A train begins with the last packet of the one before, unless the chain is broken.
      if (isAfterGap || gapNs < 0 || this.#length === 0) {
        this.#begin(departureNs, delayNs, bits);
        return;
      }
      this.#begin(this.#lastNs, this.#delaysNs[this.#length - 1] as number, this.#lastBits);
    }
    this.#delaysNs[this.#length] = delayNs;
    this.#length += 1;
    this.#bits += bits;
    this.#lastBits = bits;
    this.#lastNs = departureNs;
    this.#meanGapNs = (departureNs - this.#firstNs) / (this.#length - 1);
  }

  /** What the trains of a window say: the split of rates that the fewest of them speak against. */
  estimate(fromNs: number): SicEstimate {
    const trains: { rate: number; isCongested: boolean }[] = [];
    for (let k = 0; k < keptTrains; k += 1)
      if ((this.#atNs[k] as number) >= fromNs)
        trains.push({ rate: this.#rates[k] as number, isCongested: this.#isCongested[k] === 1 });
    trains.sort((a, b) => a.rate - b.rate);
    let against = trains.filter(({ isCongested }) => !isCongested).length;
    let [fewest, split] = [against, 0];
    trains.forEach(({ isCongested }, i) => {
      against += isCongested ? 1 : -1;
      if (against < fewest) [fewest, split] = [against, i + 1];
    });
    const below = trains[split - 1];
    const above = trains[split];
    return {
      ...(below ? { highestUncongestedMbps: below.rate * 1000 } : {}),
      ...(above ? { lowestCongestedMbps: above.rate * 1000 } : {}),
      trains: trains.length,
    };
  }

  #begin(departureNs: number, delayNs: number, bits: number): void {
    this.#delaysNs[0] = delayNs;
    this.#length = 1;
    this.#bits = bits;
    this.#firstBits = bits;
    this.#lastBits = bits;
    this.#firstNs = departureNs;
    this.#lastNs = departureNs;
    this.#meanGapNs = 0;
  }

  #close(atNs: number): void {
    if (this.#length < shortestTrain || this.#lastNs === this.#firstNs) return;
    const trend = trainTrend(this.#delaysNs.subarray(0, this.#length));
    if (trend === 'unsure') return;
    this.#atNs[this.#next] = atNs;
    this.#rates[this.#next] = (this.#bits - this.#firstBits) / (this.#lastNs - this.#firstNs);
    this.#isCongested[this.#next] = trend === 'rising' ? 1 : 0;
    this.#next = (this.#next + 1) % keptTrains;
  }
}
