import { uniformAt } from '../../agents/emulated/hash-random.js';

/** Draws by lot, the same for the same seed. */
export class Lot {
  readonly #seed: number;
  #drawn = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  between(low: number, high: number): number {
    this.#drawn += 1;
    return low + (high - low) * uniformAt(this.#seed, this.#drawn);
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  one<T>(list: readonly T[]): T {
    const item = list[this.whole(0, list.length - 1)];
    if (item === undefined) throw new Error('nothing to draw from');
    return item;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const keyed = list.map((item) => ({ item, key: this.between(0, 1) }));
    return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
  }
}
