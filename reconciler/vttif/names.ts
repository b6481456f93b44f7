import { remembered } from '../model/derived.js';
import { type Pair, pairName, pairNamed } from '../model/pair.js';

/** A pair with its `pairName`. */
export interface NamedPair extends Pair {
  name: string;
}

/**
 * What follows from a list of names alone, worked out once for each list: lists are never changed in place, only replaced by
 * longer ones.
 */
const indices = new WeakMap<readonly string[], Map<string, number>>();
const pairs = new WeakMap<readonly string[], NamedPair[]>();
const orders = new WeakMap<readonly string[], number[]>();
const senders = new WeakMap<readonly string[], Sources>();

/** Where each of `wanted` stands in `names`, to which those that are missing are appended. */
export function placed(names: string[], wanted: readonly string[]): { names: string[]; places: number[] } {
  const known = indexOf(names);
  const missing = [...new Set(wanted.filter((name) => !known.has(name)))];
  if (missing.length === 0) return { names, places: wanted.map((name) => known.get(name) ?? 0) };
  const longer = [...names, ...missing];
  const index = indexOf(longer);
  return { names: longer, places: wanted.map((name) => index.get(name) ?? 0) };
}

/** Where pairs stand; as `placed`, but quick where they come in the order in which they came before. */
export function placedPairs(names: string[], wanted: readonly Pair[]): { names: string[]; places: number[] } {
  const named = pairsNamed(names);
  const places = wanted.map((pair, index) => (isSame(named[index], pair) ? index : -1));
  if (!places.includes(-1)) return { names, places };
  const others = wanted.filter((_, index) => places[index] === -1).map(pairName);
  const rest = placed(names, others);
  let next = 0;
  return { names: rest.names, places: places.map((place) => (place >= 0 ? place : (rest.places[next++] ?? 0))) };
}

function isSame(a: Pair | undefined, b: Pair): boolean {
  return a?.destination === b.destination && a.source === b.source && a.network === b.network;
}

function indexOf(names: readonly string[]): Map<string, number> {
  return remembered(indices, names, () => new Map(names.map((name, index) => [name, index])));
}

/** Where senders stand in `sources`, by pair. */
export interface Sources {
  /** As `network address`. */
  sources: string[];
  at: number[];
}

export function sourcesOf(names: readonly string[]): Sources {
  return remembered(senders, names, () => {
    const index = new Map<string, number>();
    const at = pairsNamed(names).map(({ network, source }) => {
      const name = `${network} ${source}`;
      const place = index.get(name) ?? index.size;
      index.set(name, place);
      return place;
    });
    return { sources: [...index.keys()], at };
  });
}

/** The pairs that names stand for. */
export function pairsNamed(names: readonly string[]): NamedPair[] {
  return remembered(pairs, names, () => names.map((name) => ({ name, ...pairNamed(name) })));
}

/** Positions in `names` by ascending name. */
export function sortedPlaces(names: readonly string[]): number[] {
  return remembered(orders, names, () =>
    names.map((_, index) => index).sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1)),
  );
}
