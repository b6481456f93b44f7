import { isSameValue } from '../../format/same-value.js';
import type { Diagnostic, LinkPolicyEnd } from '../../generated/types.js';
import { choosesSite, endsOf, labelledSite, rankOf } from '../../link-policy/stated-policy.js';
import { broken, maxDiagnostics } from '../diagnostic.js';
import type { Located } from '../document.js';
import { place, type Repository } from './repository.js';

type Policy = Located<'LinkPolicy'>;

/** A policy with the sites that its ends choose, one bit each. */
interface Reach {
  policy: Policy;
  isWithin: boolean;
  ends: [bigint, bigint];
}

/** Policies that are as specific as one another, speak of one pair of sites, and do not say the same. */
export function contradictions(policies: readonly Policy[], repository: Repository): Diagnostic[] {
  const sites = repository.of('Site').map(({ document }) => labelledSite(document.metadata));
  const bits = (end: LinkPolicyEnd) =>
    sites.reduce((sum, site, index) => (choosesSite(end, site) ? sum | (1n << BigInt(index)) : sum), 0n);
  const byRank = new Map<string, Reach[]>();
  for (const policy of policies) {
    const { spec } = policy.document;
    const [first, second] = endsOf(spec);
    const key = [spec.within !== undefined, ...rankOf({ spec })].join(' ');
    const reach: Reach = { policy, isWithin: spec.within !== undefined, ends: [bits(first), bits(second)] };
    byRank.set(key, [...(byRank.get(key) ?? []), reach]);
  }
  const found: Diagnostic[] = [];
  for (const equals of byRank.values()) {
    for (const [index, later] of equals.entries()) {
      if (found.length > maxDiagnostics) return found;
      const earlier = equals.slice(0, index).find((each) => speakOfOnePair(each, later) && !sayTheSame(each, later));
      if (earlier) found.push(contradiction(earlier.policy, later.policy));
    }
  }
  return found;
}

function contradiction(earlier: Policy, later: Policy): Diagnostic {
  const { name } = earlier.document.metadata;
  const other = `LinkPolicy \`${name}\` at ${place(earlier.locate(['metadata', 'name']))}`;
  const summary = `${other} speaks of a pair of sites that this one speaks of, as specifically, and says something else.`;
  return broken('VIRT8104', later.locate(['metadata', 'name']), summary);
}

function speakOfOnePair({ isWithin, ends: [a, b] }: Reach, { ends: [c, d] }: Reach): boolean {
  if (isWithin) return (a & c) !== 0n;
  return isPair(a & c, b & d) || isPair(a & d, b & c);
}

/** Whether two different sites can be chosen, one of each. */
function isPair(first: bigint, second: bigint): boolean {
  if (first === 0n || second === 0n) return false;
  const isOne = (sites: bigint) => (sites & (sites - 1n)) === 0n;
  return !(first === second && isOne(first));
}

/** But for what it is for. */
function sayTheSame({ policy: one }: Reach, { policy: other }: Reach): boolean {
  const { reason: _one, ...says } = one.document.spec;
  const { reason: _other, ...saysElse } = other.document.spec;
  return isSameValue(says, saysElse);
}
