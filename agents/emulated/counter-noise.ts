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

  /** Counters of one thing, disturbed alike; `falsehood` is a factor of their growth as well. */
  disturb(key: string, exact: number[], falsehood: number): number[] {
    const last = this.#seen.get(key);
    const error = this.#relative === 0 ? 0 : this.#relative * (2 * uniformFloat64(this.#random) - 1);
    const factor = (1 + error) * falsehood;
    const isTrue = factor === 1 && (last === undefined || last.shown === last.exact);
    const grown = exact.map((value, i) => (last?.shown[i] ?? 0) + (value - (last?.exact[i] ?? 0)) * factor);
    const shown = isTrue ? exact : grown;
    this.#seen.set(key, { exact, shown });
    return shown;
  }
}
