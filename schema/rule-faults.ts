import { lookUpKey, rankOf } from './forwarding.js';
import type { Rule } from './generated/types.js';
import { HeldRules, type Tie } from './held-rules.js';

/** A rule that no table can hold, whatever its host is like. */
export interface RuleFault {
  /** Its place in the list. */
  index: number;
  rule: Rule;
  message: string;
}

/** What is wrong with rules among themselves, in their order. The others can be held: of rules that tie, the first one. */
export function ruleFaults(rules: readonly Rule[]): RuleFault[] {
  const faults: RuleFault[] = [];
  const possible: (readonly [number, Rule])[] = [];
  for (const [index, rule] of rules.entries()) {
    const message = impossibility(rule);
    if (message === undefined) possible.push([index, rule]);
    else faults.push({ index, rule, message });
  }
  for (const [index, tie] of tiesByPlace(possible)) faults.push({ index, rule: tie.rule, message: tieMessage(tie) });
  return faults.sort((a, b) => a.index - b.index);
}

/**
 * One tie for each rule that ties with an earlier one, which itself is not such a rule. Whether guests run and links are up plays no
 * part; frames from an address to itself are left out. Takes time in proportion to the number of rules.
 */
export function findTies(rules: readonly Rule[]): Tie[] {
  return tiesByPlace([...rules.entries()]).map(([, tie]) => tie);
}

/** As in a message: `(source, destination)`. */
export function rulePair({ source, destination }: Pick<Rule, 'source' | 'destination'>): string {
  return `(${source}, ${destination})`;
}

function impossibility(rule: Rule): string | undefined {
  if (rankOf(rule) === undefined)
    return `Rule ${rulePair(rule)} has no rank: name an address on one side, or \`any\` beside a \`not-\`.`;
  if (rule.destination !== 'group' && rule.to.length !== 1)
    return `Rule ${rulePair(rule)} has ${rule.to.length} outputs: only rules for group frames copy them, give it one.`;
  return undefined;
}

function tieMessage({ rule, other, frame }: Tie): string {
  if (rule.source === other.source && rule.destination === other.destination)
    return `Rule ${rulePair(rule)} is there twice: remove one.`;
  const remedy = lookUpKey(rule) === lookUpKey(other) || rankOf(rule) === 5 ? '' : ` or add ${rulePair(frame)}`;
  return `Rule ${rulePair(other)} and rule ${rulePair(rule)} tie for frames ${frame.source} -> ${frame.destination}: remove one${remedy}.`;
}

/** With the place of the rule that is one too many. */
function tiesByPlace(rules: readonly (readonly [number, Rule])[]): [number, Tie][] {
  // A rule can be judged when those of better ranks are known.
  const byRank: (readonly [number, Rule])[][] = [];
  for (const entry of rules) {
    const rank = rankOf(entry[1]) ?? 0;
    byRank[rank] ??= [];
    byRank[rank].push(entry);
  }
  const all = rules.map(([, rule]) => rule);
  const networks = new Map<string, HeldRules>();
  const ties: [number, Tie][] = [];
  for (let rank = byRank.length - 1; rank >= 0; rank--)
    for (const [index, rule] of byRank[rank] ?? []) {
      let held = networks.get(rule.network);
      if (!held) {
        held = new HeldRules(all);
        networks.set(rule.network, held);
      }
      const tie = held.add(rule, rank);
      if (tie) ties.push([index, tie]);
    }
  return ties;
}
