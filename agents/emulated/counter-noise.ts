import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** What an observer reads instead of exact counters: each growth is off by up to `relative` (0 to 1) of itself, none shrinks. */
export class CounterNoise {
  readonly #relative: number;
  readonly #random: RandomGenerator;
  readonly #seen = new Map<string, { exact: number[]; shown: number[] }>();

  constructor(relative: number, seed: number) {
    this.#relative = relative;
    this.#random = xoroshiro128plus(seed);
  }

  /** Counters of one thing, disturbed alike. */
  disturb(key: string, exact: number[]): number[] {
    if (this.#relative === 0) return exact;
    const last = this.#seen.get(key);
    const factor = 1 + this.#relative * (2 * uniformFloat64(this.#random) - 1);
    const shown = exact.map((value, i) => (last?.shown[i] ?? 0) + (value - (last?.exact[i] ?? 0)) * factor);
    this.#seen.set(key, { exact, shown });
    return shown;
  }
}
