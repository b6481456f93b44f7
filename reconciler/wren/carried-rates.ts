import type { DeliveredRate } from './link-rates.js';
import { pathKey } from './path-readings.js';

/** What links carry over each directed path, averaged over the last time. */
export class CarriedRates {
  readonly #timeConstantMs: number;
  readonly #rates = new Map<string, number>();
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
      const after = before + weight * ((newest.get(key) ?? 0) - before);
      if (after < 1e-3 && !newest.has(key)) this.#rates.delete(key);
      else this.#rates.set(key, after);
    }
  }

  /** What is carried away from each host, in Mb/s. */
  leaving(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const [key, rateMbps] of this.#rates) {
      const from = key.slice(0, key.indexOf(' '));
      sums.set(from, (sums.get(from) ?? 0) + rateMbps);
    }
    return sums;
  }

  /** In Mb/s; 0 where nothing is carried. */
  of(path: { from: string; to: string }): number {
    return this.#rates.get(pathKey(path)) ?? 0;
  }
}
