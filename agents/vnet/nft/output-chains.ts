import { countDrop, dropChain } from './drop-chain.js';
import { hex, hopBudget, linkMark, mark } from './mark.js';
import type { Draft } from './rule-set.js';
import type { Place } from './select-rules.js';

type LinkPlace = Extract<Place, { kind: 'link' }>;

export const isLink = (place: Place): place is LinkPlace => place.kind === 'link';

/** The matrix has the frames of local guests that matched a rule. */
const countPair = (vni: number): string =>
  `meta mark & ${hex(mark.guest)} == ${hex(mark.guest)} update @matrix-${vni} { ether saddr . ether daddr }`;

/** Counts the frame as sent over a link. A line of its own: what follows must not depend on room in the set. */
const countSent = ({ number }: LinkPlace): string =>
  `meta mark set meta mark & ${hex(mark.label)} | ${hex(linkMark(number) + mark.guest)} update @counts { meta mark & ${hex(mark.link + mark.guest)} }`;

/** The chain that sends a unicast frame to one place. */
export function outputChain(draft: Draft, vni: number, place: Place): string {
  return draft.chain(`to-${place.device}`, () => [
    countPair(vni),
    `iifname "${place.device}" goto ${dropChain(draft, 'split-horizon')}`,
    ...(isLink(place) ? crossLink(draft, place) : [`fwd to "${place.device}"`]),
  ]);
}

function crossLink(draft: Draft, place: LinkPlace): string[] {
  return [
    `meta mark & ${hex(mark.hops)} == 0 goto ${dropChain(draft, 'hop-budget')}`,
    countSent(place),
    `meta mark set meta mark & ${hex(mark.label)} map @${oneHopLess(draft)} fwd to "${place.device}"`,
  ];
}

/**
 * The chain that copies a group frame to each place but the one it came from: to the ports first, which cost no hop.
 * @param part ends its name
 */
export function floodChain(draft: Draft, vni: number, part: string, places: readonly Place[]): string {
  const links = places.filter(isLink);
  const copies = places
    .filter((place) => !isLink(place))
    .map(({ device }) => `iifname != "${device}" dup to "${device}"`);
  return draft.chain(`flood-${vni}-${part}`, () => [
    countPair(vni),
    ...copies,
    ...(links.length > 0 ? [`goto ${crossingChain(draft, `${vni}-${part}`, links)}`] : []),
  ]);
}

function crossingChain(draft: Draft, part: string, links: readonly LinkPlace[]): string {
  const exhausted = draft.chain(`exhausted-${part}`, () =>
    links.map(({ device }) => `iifname != "${device}" ${countDrop('hop-budget')}`),
  );
  return draft.chain(`cross-${part}`, () => [
    `meta mark & ${hex(mark.hops)} == 0 goto ${exhausted}`,
    `meta mark set meta mark & ${hex(mark.label)} map @${oneHopLess(draft)}`,
    ...links.flatMap((link) => [
      `iifname != "${link.device}" ${countSent(link)}`,
      `iifname != "${link.device}" meta mark set meta mark & ${hex(mark.label)} dup to "${link.device}"`,
    ]),
  ]);
}

/** nft cannot count down, but look up. */
function oneHopLess(draft: Draft): string {
  for (const star of [0, mark.star])
    for (let hops = 1; hops <= hopBudget; hops++)
      draft.element('hops', 'mark : mark', String(star + hops), String(star + hops - 1));
  return draft.name('hops');
}
