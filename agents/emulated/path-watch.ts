import { type RateSample, type WeightedMean, weightedMean } from '../wren/weighted-mean.js';

/** Integrals of one path as they stood at one time; see `PathAccounts`. */
export interface PathReading {
  atMs: number;
  carried: number;
  busyMs: number;
  available: number;
}

/** What there was to learn in the window that has just ended. */
export interface PathWindow {
  packets: number;
  busyShare: number;
  /** Mean in Mb/s while something was carried, and how far it may be off, from how looks differ; null if nothing was. */
  available: WeightedMean | null;
}

const packetMb = (1500 * 8) / 1e6;
/** An observer forgets a path that was quiet for this long. */
const memoryMs = 60_000;

/** Readings of one path over the last window. */
export class PathWatch {
  readonly #windowMs: number;
  readonly #readings: PathReading[] = [];
  /** When something was carried last. */
  #lastMs: number | null = null;
  /** Busy time since the path was forgotten last. */
  #knownMs = 0;
  #bestMbps = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  take(next: PathReading): void {
    const previous = this.#readings.at(-1);
    const isCarrying = previous !== undefined && next.carried > previous.carried;
    if (this.#lastMs !== null && next.atMs - this.#lastMs > memoryMs) this.#forget();
    if (isCarrying) {
      const busyMs = next.busyMs - previous.busyMs;
      this.#lastMs = next.atMs;
      this.#knownMs += busyMs;
      this.#bestMbps = Math.max(this.#bestMbps, (next.carried - previous.carried) / busyMs);
    }
    this.#readings.push(next);
    while ((this.#readings[1]?.atMs ?? Number.POSITIVE_INFINITY) <= next.atMs - this.#windowMs) this.#readings.shift();
  }

  /** When something was carried last; null if that is too long ago to know anything. */
  get lastMs(): number | null {
    return this.#lastMs;
  }

  /** For how long it has been watched while it carried something. */
  get knownMs(): number {
    return this.#knownMs;
  }

  /** The best rate delivered. */
  get bestMbps(): number {
    return this.#bestMbps;
  }

  window(): PathWindow {
    const [first, last] = [this.#readings[0], this.#readings.at(-1)];
    if (!first || !last || last === first) return { packets: 0, busyShare: 0, available: null };
    const busyMs = last.busyMs - first.busyMs;
    return {
      packets: Math.floor((last.carried - first.carried) / 1000 / packetMb),
      busyShare: Math.min(1, busyMs / (last.atMs - first.atMs)),
      available: busyMs > 0 ? weightedMean(this.#looks(), 0) : null,
    };
  }

  /** What each look has found available since the one before. */
  #looks(): RateSample[] {
    return this.#readings.slice(1).flatMap((next, i) => {
      const previous = this.#readings[i] ?? next;
      const weightNs = (next.busyMs - previous.busyMs) * 1e6;
      return weightNs > 0 ? [{ rate: ((next.available - previous.available) * 1e6) / weightNs, weightNs }] : [];
    });
  }

  #forget(): void {
    this.#lastMs = null;
    this.#knownMs = 0;
    this.#bestMbps = 0;
  }
}
