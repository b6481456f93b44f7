import { randomBytes } from 'node:crypto';
import type { Rule } from '../../../schema/generated/types.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import { hasChain, hasElement, type Listing, nothing, readListing } from './listing.js';
import { listNft, NftRefusal, nft } from './nft.js';
import { renderTable, type Table } from './render-table.js';
import type { RuleSet } from './rule-set.js';
import { currentGeneration, epochOf, isInEffect, sweepLines, switchLines, table } from './transaction.js';

/** The core's table in the kernel of one host. */
export class KernelTable {
  readonly #namespace: NetworkNamespace;
  #rules: RuleSet = { chains: new Map(), lookups: new Map(), evidence: new Map() };
  #told = '';
  #epoch = '';

  constructor(namespace: NetworkNamespace) {
    this.#namespace = namespace;
  }

  /** Names the life of the counters. */
  get epoch(): string {
    return this.#epoch;
  }

  /**
   * Makes the kernel forward by `wanted` and nothing else; every frame sees the old rules or the new ones.
   * @returns how long the switch took, in milliseconds; undefined if all was so already
   * @throws NftRefusal if the kernel refuses.
   */
  become(wanted: () => Table): number | undefined {
    try {
      return this.#become(wanted());
    } catch (error) {
      if (!(error instanceof NftRefusal)) throw error;
      // A device that goes away while this is done may take its chain along. The next look sees what is left.
      return this.#become(wanted());
    }
  }

  /** Those of `rules` that the kernel forwards by now, of the ones it was told. */
  inEffect(rules: readonly Rule[]): Rule[] {
    const listing = this.#list();
    const intact = new Set(
      [...this.#rules.chains.values()].filter((chain) => hasChain(listing, chain)).map(({ name }) => name),
    );
    return rules.filter((rule) => {
      const evidence = this.#rules.evidence.get(rule);
      if (!evidence?.chains.every((name) => intact.has(name))) return false;
      const { element } = evidence;
      return element === undefined || hasElement(listing, element.lookup, element.key, `goto ${evidence.chains[0]}`);
    });
  }

  #become(wanted: Table): number | undefined {
    const listing = this.#list();
    const generation = currentGeneration(listing);
    let rules = renderTable(wanted, generation);
    let tookMs: number | undefined;
    const vnis = wanted.networks.map(({ vni }) => vni);
    if (textOf(rules) !== this.#told || epochOf(listing) !== this.#epoch || !isInEffect(listing, rules)) {
      rules = renderTable(wanted, generation + 1);
      this.#epoch = epochOf(listing) ?? randomBytes(8).toString('hex');
      const lines = switchLines(listing, rules, vnis, this.#epoch);
      const startedMs = performance.now();
      this.#do(lines);
      tookMs = performance.now() - startedMs;
    }
    this.#rules = rules;
    this.#told = textOf(rules);
    this.#do(sweepLines(listing, rules));
    return tookMs;
  }

  #list(): Listing {
    const objects = this.#namespace.within(() => listNft('table', ...table.split(' ')));
    return objects ? readListing(objects) : nothing;
  }

  #do(lines: string[]): void {
    const failed = this.#namespace.within(() => nft(lines));
    if (failed) throw new NftRefusal(failed.message);
  }
}

function textOf({ chains, lookups }: RuleSet): string {
  const elements = [...lookups.values()].map((each) => [each.name, ...[...each.elements].flat()]);
  return JSON.stringify([...chains.values(), ...elements]);
}
