import type { LinkPolicyEnd } from '../generated/types.js';
import { endsOf, type StatedPolicy } from './stated-policy.js';

/** Of which pairs of sites a policy speaks, for people: `between clinic and any site`. */
export function speaksOf({ spec }: Pick<StatedPolicy, 'spec'>): string {
  const [first, second] = endsOf(spec).map(endText) as [string, string];
  return spec.within !== undefined ? `within ${first}` : `between ${first} and ${second}`;
}

function endText({ site, labels = {} }: LinkPolicyEnd): string {
  const listed = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const labelled = listed.length > 0 ? `sites with ${listed.join(', ')}` : 'any site';
  if (site === undefined) return labelled;
  return listed.length > 0 ? `${site} if it has ${listed.join(', ')}` : site;
}

/** What a policy says may be there, for people. */
export function saysOf({ spec }: Pick<StatedPolicy, 'spec'>): string {
  const { links, allowed, preferred, forbidden, encryption } = spec;
  if (links === 'forbidden') return 'no links';
  const [first, second] = endsOf(spec);
  const ends =
    spec.within !== undefined
      ? [['hosts', first] as const]
      : ([
          ['the first', first],
          ['the second', second],
        ] as const);
  const said = [
    allowed && `only ${allowed.join(', ')}`,
    forbidden && `no ${forbidden.join(', ')}`,
    preferred && `rather ${preferred.join(', then ')}`,
    encryption === 'required' && 'encrypted',
    ...ends.map(([who, end]) => openText(who, end)),
  ].filter((text) => typeof text === 'string');
  return said.length > 0 ? said.join('; ') : 'anything';
}

function openText(who: string, { opens, ports }: LinkPolicyEnd): string | undefined {
  if (opens === false) return `${who} opens nothing`;
  return ports && `${who} opens port ${ports.join(', ')} only`;
}
