import type { Rule } from '../../schema/generated/types.js';

/** What a frame is matched by; `group` stands for all broadcast and multicast addresses. */
export interface Frame {
  network: string;
  source: string;
  destination: string;
}

/** The forwarding table of one VNET core: immutable, replaced whole. */
export class ForwardingTable {
  readonly rules: readonly Rule[];
  readonly #byKey: Map<string, Rule>;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.#byKey = new Map(rules.map((rule) => [ruleKey(rule), rule]));
  }

  /** The most specific rule; rules into guests that are not here do not match. Only `group` rules take group frames. */
  match({ network, source, destination }: Frame, isHere: (guest: string) => boolean): Rule | undefined {
    const destinations = destination === 'group' ? ['group'] : [destination, 'any'];
    for (const to of destinations)
      for (const from of [source, 'any']) {
        const rule = this.#byKey.get(ruleKey({ network, source: from, destination: to }));
        if (rule && (to === 'group' || isActive(rule, isHere))) return rule;
      }
    return undefined;
  }
}

/** Two rules with one key tie. */
export function ruleKey({ network, source, destination }: Frame): string {
  return `${network} ${source} ${destination}`;
}

function isActive(rule: Rule, isHere: (guest: string) => boolean): boolean {
  return rule.to.some((output) => output.kind !== 'port' || isHere(output.guest));
}
