import type { DeliveredRate } from './link-rates.js';
import { pathKey } from './path-readings.js';

/** What links carry over each directed path, averaged over the last time. */
export class CarriedRates {
  readonly #timeConstantMs: number;
  readonly #rates = new Map<string, number>();
  /** Of their squares. */
  readonly #squares = new Map<string, number>();
  #atMs: number | null = null;

  constructor(timeConstantMs: number) {
    this.#timeConstantMs = timeConstantMs;
  }

  /** To be called about once a sampling interval with the newest rates. A path without one carries nothing. */
  advance(delivered: readonly DeliveredRate[], nowMs: number): void {
    const elapsedMs = this.#atMs === null ? Number.POSITIVE_INFINITY : Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    const weight = 1 - Math.exp(-elapsedMs / this.#timeConstantMs);
    const newest = new Map(delivered.map((rate) => [pathKey(rate), rate.rateMbps]));
    for (const key of new Set([...this.#rates.keys(), ...newest.keys()])) {
      const before = this.#rates.get(key) ?? 0;
      const rateMbps = newest.get(key) ?? 0;
      const after = before + weight * (rateMbps - before);
      const square = this.#squares.get(key) ?? 0;
      if (after < 1e-3 && !newest.has(key)) {
        this.#rates.delete(key);
        this.#squares.delete(key);
      } else {
        this.#rates.set(key, after);
        this.#squares.set(key, square + weight * (rateMbps ** 2 - square));
      }
    }
  }

  /** How a path's rate varies: the mean of its squares as a multiple of the square of its mean; 1 if it does not. */
  variationOf(path: { from: string; to: string }): number {
    const mean = this.of(path);
    return mean > 0 ? Math.max(1, (this.#squares.get(pathKey(path)) ?? 0) / mean ** 2) : 1;
  }

  /** What is carried away from each host, in Mb/s. */
  leaving(): Map<string, number> {
    return this.#sums((key) => key.slice(0, key.indexOf(' ')));
  }

  /** What is carried to each host, in Mb/s. */
  entering(): Map<string, number> {
    return this.#sums((key) => key.slice(key.indexOf(' ') + 1));
  }

  #sums(hostOf: (key: string) => string): Map<string, number> {
    const sums = new Map<string, number>();
    for (const [key, rateMbps] of this.#rates) {
      const host = hostOf(key);
      sums.set(host, (sums.get(host) ?? 0) + rateMbps);
    }
    return sums;
  }

  /** In Mb/s; 0 where nothing is carried. */
  of(path: { from: string; to: string }): number {
    return this.#rates.get(pathKey(path)) ?? 0;
  }
}
