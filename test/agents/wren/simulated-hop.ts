import type { SeededNoise } from './seeded-noise.js';

export interface CrossTraffic {
  kind: 'constant' | 'poisson' | 'on-off' | 'pareto-on-off';
  /** Mean share of the hop's capacity. */
  share: number;
}

export interface HopOptions {
  capacityMbps: number;
  cross: CrossTraffic;
  /** What the cross traffic becomes at a time. */
  later?: { atNs: number; cross: CrossTraffic };
  /** Longest queue, as time to drain it; what comes then is dropped. */
  queueMs?: number;
  noise: SeededNoise;
}

const binNs = 1e7;
const crossBits = 1500 * 8;

/** A first-in-first-out queue with one server, exact to the event: cross traffic is played up to each arrival. */
export class SimulatedHop {
  readonly bitsPerNs: number;
  #freeAtNs = 0;
  #nextCrossNs: number;
  #onUntilNs = Number.POSITIVE_INFINITY;
  #cross: CrossTraffic;
  readonly #offered: number[] = [];
  readonly #options: HopOptions;

  constructor(options: HopOptions) {
    this.#options = options;
    this.#cross = options.cross;
    this.bitsPerNs = options.capacityMbps / 1000;
    this.#nextCrossNs = options.cross.share > 0 ? 0 : (options.later?.atNs ?? Number.POSITIVE_INFINITY);
    if (options.cross.kind.endsWith('on-off')) this.#onUntilNs = 0;
  }

  /** When a packet that arrives then has left, or undefined if it is dropped. Arrivals must be told in order. */
  pass(atNs: number, bits: number): number | undefined {
    while (this.#nextCrossNs <= atNs) this.#serveCross();
    const queueMs = this.#options.queueMs ?? Number.POSITIVE_INFINITY;
    if (this.#freeAtNs - atNs > queueMs * 1e6) return undefined;
    this.#freeAtNs = Math.max(this.#freeAtNs, atNs) + bits / this.bitsPerNs;
    return this.#freeAtNs;
  }

  /** Capacity less cross traffic between two times. */
  availableMbps(fromNs: number, toNs: number): number {
    let bits = 0;
    for (let bin = Math.floor(fromNs / binNs); bin < Math.floor(toNs / binNs); bin += 1)
      bits += this.#offered[bin] ?? 0;
    const spanNs = (Math.floor(toNs / binNs) - Math.floor(fromNs / binNs)) * binNs;
    return (this.bitsPerNs - bits / spanNs) * 1000;
  }

  #serveCross(): void {
    const { later, noise, queueMs } = this.#options;
    const atNs = this.#nextCrossNs;
    if (later && atNs >= later.atNs) this.#cross = later.cross;
    const cross = this.#cross;
    const bin = Math.floor(atNs / binNs);
    this.#offered[bin] = (this.#offered[bin] ?? 0) + crossBits;
    if (this.#freeAtNs - atNs <= (queueMs ?? Number.POSITIVE_INFINITY) * 1e6)
      this.#freeAtNs = Math.max(this.#freeAtNs, atNs) + crossBits / this.bitsPerNs;
    const meanGapNs = crossBits / (this.bitsPerNs * cross.share);
    if (cross.kind === 'constant') this.#nextCrossNs += meanGapNs;
    else if (cross.kind === 'poisson') this.#nextCrossNs += noise.exponential(meanGapNs);
    else this.#stepOnOff(meanGapNs);
  }

  /** Half of the time on at twice the mean rate (at most 95 % of the capacity), phases of 200 ms on average. */
  #stepOnOff(meanGapNs: number): void {
    const { noise } = this.#options;
    const cross = this.#cross;
    const onShare = Math.max(0.5, cross.share / 0.95);
    const phase = (meanNs: number) => (cross.kind === 'on-off' ? noise.exponential(meanNs) : noise.pareto(meanNs, 1.5));
    this.#nextCrossNs += noise.exponential(meanGapNs * onShare);
    if (this.#nextCrossNs <= this.#onUntilNs) return;
    const onFromNs = this.#nextCrossNs + phase(4e8 * (1 - onShare));
    this.#nextCrossNs = onFromNs;
    this.#onUntilNs = onFromNs + phase(4e8 * onShare);
  }
}
