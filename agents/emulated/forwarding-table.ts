import {
  type Frame,
  type Match,
  matchRule,
  type RuleTable,
  ruleTable,
  type Surroundings,
} from '../../schema/forwarding.js';
import type { Rule } from '../../schema/generated/types.js';

/** The forwarding table of one VNET core: immutable, replaced whole. */
export class ForwardingTable {
  readonly rules: readonly Rule[];
  readonly #table: RuleTable;
  readonly #destinations: ReadonlySet<string>;

  /** `rules` must be free of what `ruleFaults` finds. */
  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.#table = ruleTable(rules);
    this.#destinations = new Set(rules.map(({ network, destination }) => `${network} ${destination}`));
  }

  match(frame: Frame, here: Surroundings): Match | undefined {
    return matchRule(this.#table, frame, here);
  }

  /** Whether a rule leads to the address: then it is that of a VM. */
  knows(network: string, address: string): boolean {
    return this.#destinations.has(`${network} ${address}`);
  }
}
