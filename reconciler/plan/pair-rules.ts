import type { Rule, RuleKey } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';

/** Rules for frames from one address to one address, wherever in the fleet they are. */
export interface PairRules {
  network: string;
  source: string;
  destination: string;
  /** Host to its rule for the pair. */
  rules: Map<string, Rule>;
}

/** Whether a rule names both addresses: the rules that fast paths are made of. */
export function isPairRule({ source, destination }: RuleKey): boolean {
  return isAddress(source) && isAddress(destination);
}

/** Whether a qualifier is a single address. */
export function isAddress(qualifier: string): boolean {
  return /^[0-9a-f]{2}:/.test(qualifier);
}

/** All pairs that some host has a rule for, by rule name, sorted. */
export function pairRules(state: FleetState): Map<string, PairRules> {
  const pairs = new Map<string, PairRules>();
  for (const [host, config] of state) {
    for (const [name, rule] of config.rules) {
      if (!isPairRule(rule)) continue;
      const { network, source, destination } = rule;
      const pair = pairs.get(name) ?? { network, source, destination, rules: new Map<string, Rule>() };
      pairs.set(name, pair);
      pair.rules.set(host, rule);
    }
  }
  return new Map([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));
}
