import { lookUpKey, rankOf } from './forwarding.js';
import type { Rule } from './generated/types.js';
import { HeldRules, type Tie } from './held-rules.js';

/** A rule that no table can hold, whatever its host is like. */
export interface RuleFault {
  rule: Rule;
  message: string;
}

/** What is wrong with rules among themselves. The others can be held: of rules that tie, the first one. */
export function ruleFaults(rules: readonly Rule[]): RuleFault[] {
  const possible: Rule[] = [];
  const faults = rules.flatMap((rule) => {
    const message = impossible(rule);
    if (message === undefined) possible.push(rule);
    return message === undefined ? [] : [{ rule, message }];
  });
  return [...faults, ...findTies(possible).map((tie) => ({ rule: tie.rule, message: tieMessage(tie) }))];
}

/** As in a message: `(source, destination)`. */
export function rulePair({ source, destination }: Pick<Rule, 'source' | 'destination'>): string {
  return `(${source}, ${destination})`;
}

function impossible(rule: Rule): string | undefined {
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

/**
 * One tie for each rule that ties with an earlier one, which itself is not such a rule. Whether guests run and links are up plays no
 * part; frames from an address to itself are left out. Takes time in proportion to the number of rules.
 */
export function findTies(rules: readonly Rule[]): Tie[] {
  const networks = new Map<string, Rule[]>();
  for (const rule of rules) {
    const those = networks.get(rule.network);
    if (those) those.push(rule);
    else networks.set(rule.network, [rule]);
  }
  return [...networks.values()].flatMap((those) => {
    const held = new HeldRules(those);
    return bestFirst(those).flatMap((rule) => held.add(rule) ?? []);
  });
}

/** A rule can be judged when those of better ranks are known. */
function bestFirst(rules: readonly Rule[]): Rule[] {
  const byRank: Rule[][] = [];
  for (const rule of rules) {
    const rank = rankOf(rule) ?? 0;
    byRank[rank] ??= [];
    byRank[rank].push(rule);
  }
  return byRank.reverse().flat();
}
