import { remembered } from '../model/derived.js';
import { type NamedPair, pairsNamed } from './names.js';

/**
 * Numbers pairs, so that what is known of them can stand in columns: the row of a pair is where its name stands in a list that only
 * gets longer, and of which the state has the plain list of names. What follows from such a list is kept here, and what follows
 * from a longer one is added to it in place. Whatever else it may have learnt meanwhile, answers follow from the list that is
 * asked about alone.
 */
export class PairIndex {
  /** By row. */
  readonly pairs: NamedPair[] = [];
  readonly #rows = new Map<string, number>();
  readonly #rowsOf = new WeakMap<readonly string[], Int32Array>();

  /** @param names each once */
  constructor(names: readonly string[]) {
    for (const pair of pairsNamed(names)) this.#append(pair);
  }

  rowOf(name: string): number | undefined {
    return this.#rows.get(name);
  }

  /** Rows of pairs of which all are known. For the same list it is the same one. */
  rowsOf(names: readonly string[]): Int32Array {
    return remembered(this.#rowsOf, names, () => {
      return Int32Array.from(names, (name) => {
        const row = this.#rows.get(name);
        if (row === undefined) throw new Error(`there is no row for ${name}`);
        return row;
      });
    });
  }

  /** Whether all of them are known to stand among the first `length`. */
  covers(names: readonly string[], length: number): boolean {
    const rows = this.#rowsOf.get(names);
    return rows?.every((row) => row < length) ?? false;
  }

  /** Gives pairs the rows from `length` on. False if some of these are taken by others: then it belongs to another list. */
  extend(pairs: readonly NamedPair[], length: number): boolean {
    const isFree = pairs.every(({ name }, place) => {
      const taken = this.pairs[length + place];
      return taken === undefined ? !this.#rows.has(name) : taken.name === name;
    });
    if (isFree) for (const pair of pairs.slice(this.pairs.length - length)) this.#append(pair);
    return isFree;
  }

  #append(pair: NamedPair): void {
    this.#rows.set(pair.name, this.pairs.length);
    this.pairs.push(pair);
  }
}

const indices = new WeakMap<readonly string[], PairIndex>();

export function indexOf(names: readonly string[]): PairIndex {
  return remembered(indices, names, () => new PairIndex(names));
}

/** The names with those that they lack of some lists of pairs, in their order; the same names where they lack none. */
export function withPairs(names: readonly string[], lists: readonly (readonly string[])[]): readonly string[] {
  const index = indexOf(names);
  const missing = new Map<string, NamedPair>();
  for (const list of lists) {
    if (index.covers(list, names.length)) continue;
    for (const pair of pairsNamed(list)) {
      const row = index.rowOf(pair.name);
      if (row === undefined || row >= names.length) missing.set(pair.name, pair);
    }
  }
  if (missing.size === 0) return names;
  const longer = [...names, ...missing.keys()];
  if (index.extend([...missing.values()], names.length)) indices.set(longer, index);
  return longer;
}
