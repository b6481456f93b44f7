import type { Rule } from '../../../schema/generated/types.js';

/** A chain as its lines of nft. */
export interface Chain {
  name: string;
  lines: string[];
  /** Of a base chain: the device whose ingress it is on, and what happens to a frame that leaves it undecided. */
  hook?: { device: string; policy: 'accept' | 'drop' };
}

/** A map or set with fixed elements. A set has empty values. */
export interface Lookup {
  name: string;
  /** As nft writes it: `ether_addr : verdict`, or `ether_addr` of a set. */
  type: string;
  /** By key: a chain to go to, a number, or nothing. */
  elements: Map<string, string>;
}

/** Where a rule is to be found in the kernel. */
export interface Evidence {
  chains: string[];
  element?: { lookup: string; key: string };
}

/** Everything of one generation of the table. */
export interface RuleSet {
  chains: Map<string, Chain>;
  lookups: Map<string, Lookup>;
  evidence: Map<Rule, Evidence>;
}

/** Puts a rule set together. Names of what switches with the generation begin with it. */
export class Draft implements RuleSet {
  readonly chains = new Map<string, Chain>();
  readonly lookups = new Map<string, Lookup>();
  readonly evidence = new Map<Rule, Evidence>();
  readonly #generation: number;

  constructor(generation: number) {
    this.#generation = generation;
  }

  name(part: string): string {
    return `g${this.#generation}-${part}`;
  }

  /** The chain of this name, which is written when it is first asked for. */
  chain(part: string, lines: () => string[]): string {
    const name = this.name(part);
    if (!this.chains.has(name)) this.chains.set(name, { name, lines: lines() });
    return name;
  }

  base(device: string, policy: 'accept' | 'drop', lines: string[]): void {
    const name = baseChain(device);
    this.chains.set(name, { name, lines, hook: { device, policy } });
  }

  /** Puts an element into a map or set, which is made when it gets its first. */
  element(part: string, type: string, key: string, value = ''): string {
    const name = this.name(part);
    const lookup = this.lookups.get(name) ?? { name, type, elements: new Map<string, string>() };
    this.lookups.set(name, lookup);
    lookup.elements.set(key, value);
    return name;
  }
}

/** Name of the chain on a device's ingress, which all generations share. */
export function baseChain(device: string): string {
  return `in-${device}`;
}

export function generationOf(name: string): number | undefined {
  const digits = /^g(\d+)-/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
