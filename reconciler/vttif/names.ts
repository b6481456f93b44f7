import { type Pair, pairNamed } from '../model/pair.js';

/**
 * What follows from a list of names alone, worked out once for each list: lists are never changed in place, only replaced by
 * longer ones.
 */
const indices = new WeakMap<readonly string[], Map<string, number>>();
const pairs = new WeakMap<readonly string[], Pair[]>();
const orders = new WeakMap<readonly string[], number[]>();

/** Where each of `wanted` stands in `names`, to which those that are missing are appended. */
export function placed(names: string[], wanted: readonly string[]): { names: string[]; places: number[] } {
  const known = remembered(indices, names, () => new Map(names.map((name, index) => [name, index])));
  const missing = [...new Set(wanted.filter((name) => !known.has(name)))];
  if (missing.length === 0) return { names, places: wanted.map((name) => known.get(name) ?? 0) };
  const longer = [...names, ...missing];
  const index = new Map(longer.map((name, place) => [name, place]));
  indices.set(longer, index);
  return { names: longer, places: wanted.map((name) => index.get(name) ?? 0) };
}

/** The pairs that names stand for. */
export function pairsNamed(names: readonly string[]): Pair[] {
  return remembered(pairs, names, () => names.map(pairNamed));
}

/** Positions in `names` by ascending name. */
export function sortedPlaces(names: readonly string[]): number[] {
  return remembered(orders, names, () =>
    names.map((_, index) => index).sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1)),
  );
}

function remembered<Value>(
  memory: WeakMap<readonly string[], Value>,
  key: readonly string[],
  make: () => Value,
): Value {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
