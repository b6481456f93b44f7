import type { NftObject } from './nft.js';
import type { Chain, Lookup } from './rule-set.js';

/** What the kernel has: names, where chains lead, and fixed elements. */
export interface Listing {
  /** For each line of a chain, where it leads: `fwd p-1`, `goto g1-net-77`. Lines that lead nowhere are empty. */
  chains: Map<string, string[]>;
  /** Maps and sets by name, with elements as `Lookup` has them. */
  lookups: Map<string, Map<string, string>>;
  sets: Set<string>;
}

export const nothing: Listing = { chains: new Map(), lookups: new Map(), sets: new Set() };

/** Reads `nft -j list table`. */
export function readListing(objects: readonly NftObject[]): Listing {
  const listing: Listing = { chains: new Map(), lookups: new Map(), sets: new Set() };
  for (const object of objects) {
    const [kind, content] = Object.entries(object)[0] ?? [];
    const { name, chain, expr, elem } = (content ?? {}) as {
      name: string;
      chain: string;
      expr?: unknown[];
      elem?: unknown[];
    };
    if (kind === 'chain') listing.chains.set(name, listing.chains.get(name) ?? []);
    if (kind === 'rule') listing.chains.set(chain, [...(listing.chains.get(chain) ?? []), leadOf(expr ?? [])]);
    if (kind === 'map' || kind === 'set') listing.lookups.set(name, new Map((elem ?? []).map(readElement)));
    if (kind === 'set') listing.sets.add(name);
  }
  return listing;
}

/** Whether a chain is in the kernel and leads where it should. */
export function hasChain(listing: Listing, chain: Chain): boolean {
  const leads = listing.chains.get(chain.name);
  return leads?.length === chain.lines.length && chain.lines.every((line, at) => leadOfLine(line) === leads[at]);
}

export function hasElement(listing: Listing, lookup: string, key: string, value: string): boolean {
  return listing.lookups.get(lookup)?.get(key) === value;
}

export function hasLookup(listing: Listing, lookup: Lookup): boolean {
  const found = listing.lookups.get(lookup.name);
  return found?.size === lookup.elements.size && [...lookup.elements].every(([key, value]) => found.get(key) === value);
}

/** The part of a line of nft that decides where frames go, in the words of `leadOf`. */
function leadOfLine(line: string): string {
  const found = /\b(fwd to|dup to|goto|jump|vmap) "?@?([^\s"]+)/.exec(line);
  return found ? `${found[1]?.replace(' to', '')} ${found[2]}` : '';
}

/** Those parts of a line of `nft -j` that decide where frames go. */
interface Expression {
  fwd?: { dev: string };
  dup?: { addr: string };
  goto?: { target: string };
  jump?: { target: string };
  vmap?: { data: string };
}

function leadOf(expressions: readonly unknown[]): string {
  for (const { fwd, dup, goto: next, jump, vmap } of expressions as Expression[]) {
    if (fwd) return `fwd ${fwd.dev}`;
    if (dup) return `dup ${dup.addr}`;
    if (next) return `goto ${next.target}`;
    if (jump) return `jump ${jump.target}`;
    if (vmap) return `vmap ${vmap.data.slice(1)}`;
  }
  return '';
}

function readElement(element: unknown): [string, string] {
  if (!Array.isArray(element)) return [keyText(element), ''];
  const [key, value] = element as [unknown, unknown];
  const target = (value as { goto?: { target: string } }).goto?.target;
  return [keyText(key), target === undefined ? String(value) : `goto ${target}`];
}

/** A key as nft takes it; of an element with a counter or a time, the key alone. */
export function keyText(key: unknown): string {
  if (typeof key !== 'object' || key === null) return String(key);
  const { concat, elem } = key as { concat?: unknown[]; elem?: { val: unknown } };
  return concat ? concat.map(String).join(' . ') : keyText(elem?.val);
}
