import type { Output, Rule } from './generated/types.js';

/** What forwarding looks at. The destination `group` stands for every broadcast and multicast address. */
export interface Frame {
  network: string;
  source: string;
  destination: string;
  /** Marked on its way to keep to rules of any source, because a link that a rule of its source names was down. */
  star: boolean;
}

/** What rules may lead to on one host, now. */
export interface Surroundings {
  /** Whether the guest runs here, on the network. */
  isHere(guest: string, network: string): boolean;
  /** Whether the link to the peer carries frames. */
  isUp(peer: string): boolean;
  /** Whether the network is bridged to a LAN here. */
  hasLan(network: string): boolean;
}

export interface Match {
  rule: Rule;
  /** Whether the frame is marked from here on. */
  star: boolean;
}

/** Rules by `lookUpKey`. */
export interface RuleTable {
  get(key: string): Rule | undefined;
  /** Whether no rule has `not-` or `none`: then nothing is looked up for those. */
  isPlain: boolean;
}

type QualifierKind = 'address' | 'not' | 'any' | 'none' | 'group';

const ranks: Record<QualifierKind, Partial<Record<QualifierKind, number>>> = {
  address: { address: 8, not: 7, any: 6, none: 4, group: 2 },
  not: { address: 7, any: 5 },
  any: { address: 6, not: 5, any: 3, group: 1 },
  none: {},
  group: {},
};

/**
 * The rank of a rule; among `group` rules, which unicast rules never meet, 2 for those of a source and 1 for those of any. Undefined
 * for combinations that have none, as (not, not).
 */
export function rankOf({ source, destination }: Pick<Rule, 'source' | 'destination'>): number | undefined {
  return ranks[qualifierKind(source)][qualifierKind(destination)];
}

export function qualifierKind(qualifier: string): QualifierKind {
  if (qualifier === 'any' || qualifier === 'none' || qualifier === 'group') return qualifier;
  return qualifier.startsWith('not-') ? 'not' : 'address';
}

/** The address of a qualifier that has one; of `not-` and an address, the excluded one. */
export function qualifierAddress(qualifier: string): string | undefined {
  const kind = qualifierKind(qualifier);
  if (kind === 'address') return qualifier;
  return kind === 'not' ? qualifier.slice('not-'.length) : undefined;
}

/** What a rule is looked up by: `not-` rules without the address that they exclude. Two rules of one key tie. */
export function lookUpKey({ network, source, destination }: Pick<Rule, 'network' | 'source' | 'destination'>): string {
  return `${network} ${keyPart(source)} ${keyPart(destination)}`;
}

const keyPart = (qualifier: string): string => (qualifier.startsWith('not-') ? 'not' : qualifier);

/** A table of rules that `ruleFaults` finds nothing wrong with. */
export function ruleTable(rules: readonly Rule[]): RuleTable {
  const byKey = new Map(rules.map((rule) => [lookUpKey(rule), rule]));
  return { get: (key) => byKey.get(key), isPlain: rules.every(isPlain) };
}

/** Whether a rule has neither `not-` nor `none`. */
export function isPlain({ source, destination }: Pick<Rule, 'source' | 'destination'>): boolean {
  return qualifierKind(source) !== 'not' && !['not', 'none'].includes(qualifierKind(destination));
}

/**
 * The rule that takes a frame: that of the best rank of those that match. A rule none of whose outputs is there does not match. A rule
 * that names a source, `not-` included, does not match while one of its links is down, and marks the frame; a marked frame is matched
 * by rules of any source alone. Those are used whether their links are up or not, so that nobody falls back twice.
 *
 * Rules of one rank meet only while a better one of their frame does not match: then the one whose destination is an address is first,
 * so that a frame on the host of its destination has arrived.
 */
export function matchRule(table: RuleTable, frame: Frame, here: Surroundings): Match | undefined {
  const { network } = frame;
  let { star } = frame;
  for (const [from, to] of frame.destination === 'group' ? groupKeys : table.isPlain ? plainKeys : unicastKeys) {
    if (star && from !== 'any') continue;
    const source = from === 'address' ? frame.source : from;
    const rule = table.get(`${network} ${source} ${to === 'address' ? frame.destination : to}`);
    if (!rule || (from === 'not' && rule.source === `not-${frame.source}`)) continue;
    if (to === 'not' && rule.destination === `not-${frame.destination}`) continue;
    if (!rule.to.some((output) => isThere(output, network, here))) continue;
    if (from === 'any' || rule.to.every((output) => output.kind !== 'link' || here.isUp(output.peer)))
      return { rule, star };
    star = true;
  }
  return undefined;
}

/** Look-up keys of all rules that may match a frame, best rank first; `address` stands for the frame's own. */
export const unicastKeys: readonly (readonly [QualifierKind, QualifierKind])[] = [
  ['address', 'address'],
  ['not', 'address'],
  ['address', 'not'],
  ['any', 'address'],
  ['address', 'any'],
  ['any', 'not'],
  ['not', 'any'],
  ['address', 'none'],
  ['any', 'any'],
];
const plainKeys = unicastKeys.filter((key) => !key.includes('not') && !key.includes('none'));
const groupKeys: typeof unicastKeys = [
  ['address', 'group'],
  ['any', 'group'],
];

function isThere(output: Output, network: string, here: Surroundings): boolean {
  if (output.kind === 'port') return here.isHere(output.guest, network);
  return output.kind === 'link' || here.hasLan(network);
}
