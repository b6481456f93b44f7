import { qualifierAddress, qualifierKind, unicastKeys } from '../../../schema/forwarding.js';
import { dropChain } from './drop-chain.js';
import { hex, linkMark, mark } from './mark.js';
import { floodChain, isLink, outputChain } from './output-chains.js';
import type { Draft } from './rule-set.js';
import type { ActiveRule, Place } from './select-rules.js';

export const isGroup = 'ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00';
const isStar = `meta mark & ${hex(mark.star)} == ${hex(mark.star)}`;
const setStar = `meta mark set meta mark & ${hex(mark.label + mark.guest)} | ${hex(mark.star)}`;

/**
 * Writes the chains that decide on the frames of one network, as `matchRule` of schema/forwarding.ts does, and returns the first. A
 * frame that leaves it undecided was dropped, or copied to where it goes.
 */
export function networkChain(draft: Draft, vni: number, rules: readonly ActiveRule[]): string {
  const classes = byClass(rules);
  const group = draft.chain(`group-${vni}`, () => groupLines(draft, vni, rules));
  const lines = (keys: typeof unicastKeys) => [
    ...keys.flatMap((key) => classLines(draft, vni, classes.get(key.join()) ?? [])),
    `goto ${dropChain(draft, 'no-rule')}`,
  ];
  const ofAny = draft.chain(`any-${vni}`, () => lines(unicastKeys.filter(([source]) => source === 'any')));
  const first = draft.chain(`net-${vni}`, () => [
    `${isGroup} goto ${group}`,
    `${isStar} goto ${ofAny}`,
    ...lines(unicastKeys),
  ]);
  for (const { rule } of rules) {
    const second = rule.destination === 'group' ? [group] : rule.source === 'any' ? [ofAny] : [];
    draft.evidence.get(rule)?.chains.push(first, ...second);
  }
  return first;
}

/** Rules by what their source and destination are, as `unicastKeys` has them. */
function byClass(rules: readonly ActiveRule[]): Map<string, ActiveRule[]> {
  const classes = new Map<string, ActiveRule[]>();
  for (const each of rules) {
    const key = [each.rule.source, each.rule.destination].map(qualifierKind).join();
    const those = classes.get(key);
    if (those) those.push(each);
    else classes.set(key, [each]);
  }
  return classes;
}

/** Looks a frame up among rules of one class: by the addresses that they name, if it is not one that they leave out. */
function classLines(draft: Draft, vni: number, rules: readonly ActiveRule[]): string[] {
  const [first] = rules;
  if (!first) return [];
  const named = (qualifier: string) => qualifierKind(qualifier) === 'address';
  const { source, destination } = first.rule;
  const part = `${qualifierKind(source)}-${qualifierKind(destination)}-${vni}`;
  const unless = exception(draft, part, rules);
  const keys = [...(named(source) ? ['ether saddr'] : []), ...(named(destination) ? ['ether daddr'] : [])];
  const type = `${keys.map(() => 'ether_addr').join(' . ')} : verdict`;
  for (const each of rules) {
    const chains = unicastChains(draft, vni, each);
    const verdict = `goto ${chains[0]}`;
    const key = [each.rule.source, each.rule.destination].filter(named).join(' . ');
    if (keys.length === 0) {
      draft.evidence.set(each.rule, { chains });
      return [`${unless}${verdict}`];
    }
    draft.evidence.set(each.rule, { chains, element: { lookup: draft.element(part, type, key, verdict), key } });
  }
  return [`${unless}${keys.join(' . ')} vmap @${draft.name(part)}`];
}

/** What keeps a `not-` rule from frames of the address that it leaves out. */
function exception(draft: Draft, part: string, rules: readonly ActiveRule[]): string {
  for (const { rule } of rules) {
    const { source, destination } = rule;
    if (qualifierKind(source) !== 'not' && qualifierKind(destination) !== 'not') return '';
    if (source === 'any') return `ether daddr != ${qualifierAddress(destination)} `;
    if (destination === 'any') return `ether saddr != ${qualifierAddress(source)} `;
    const key = `${qualifierAddress(source)} . ${qualifierAddress(destination)}`;
    draft.element(`${part}-except`, 'ether_addr . ether_addr', key);
  }
  return `ether saddr . ether daddr != @${draft.name(`${part}-except`)} `;
}

/** The chains of a rule's only output, the first first. */
function unicastChains(draft: Draft, vni: number, { rule, places }: ActiveRule): string[] {
  const [place] = places as [Place];
  const output = outputChain(draft, vni, place);
  if (rule.source === 'any' || !isLink(place)) return [output];
  const fallen = draft.chain(`fall-${vni}`, () => [setStar, `goto ${draft.name(`any-${vni}`)}`]);
  return [draft.chain(`via-${place.device}`, () => [...unlessUp([place], fallen), `goto ${output}`]), output];
}

function groupLines(draft: Draft, vni: number, rules: readonly ActiveRule[]): string[] {
  const group = rules.filter(({ rule }) => rule.destination === 'group');
  const ofAny = group.find(({ rule }) => rule.source === 'any');
  const last = ofAny ? floodChain(draft, vni, 'any', ofAny.places) : dropChain(draft, 'no-rule');
  if (ofAny) draft.evidence.set(ofAny.rule, { chains: [last] });
  const fallen = (): string => draft.chain(`fall-group-${vni}`, () => [setStar, `goto ${last}`]);
  let lookup: string | undefined;
  for (const { rule, places } of group) {
    if (rule.source === 'any') continue;
    const part = rule.source.replaceAll(':', '');
    const flood = floodChain(draft, vni, part, places);
    const links = places.filter(isLink);
    const gate = draft.chain(`gate-${vni}-${part}`, () => [
      ...(links.length > 0 ? unlessUp(links, fallen()) : []),
      `goto ${flood}`,
    ]);
    lookup = draft.element(`address-group-${vni}`, 'ether_addr : verdict', rule.source, `goto ${gate}`);
    draft.evidence.set(rule, { chains: [gate, flood], element: { lookup, key: rule.source } });
  }
  return [
    ...(lookup === undefined ? [] : [`meta mark & ${hex(mark.star)} == 0 ether saddr vmap @${lookup}`]),
    `goto ${last}`,
  ];
}

/** Leaves for another chain unless all links are up: keep-alives that were answered keep a link among the living. */
function unlessUp(links: readonly { number: number }[], fallen: string): string[] {
  return links.flatMap(({ number }) => [
    `meta mark set meta mark & ${hex(mark.label + mark.guest)} | ${hex(linkMark(number))}`,
    `meta mark & ${hex(mark.link)} != @alive goto ${fallen}`,
  ]);
}
