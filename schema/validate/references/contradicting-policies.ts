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
  rank: [number, number, number];
}

/** Policies that are as specific as one another, would both decide about a pair of sites, and do not say the same. */
export function contradictions(policies: readonly Policy[], repository: Repository): Diagnostic[] {
  const sites = repository.of('Site').map(({ document }) => labelledSite(document.metadata));
  const bits = (end: LinkPolicyEnd) =>
    sites.reduce((sum, site, index) => (choosesSite(end, site) ? sum | (1n << BigInt(index)) : sum), 0n);
  const reaches = policies.map((policy): Reach => {
    const { spec } = policy.document;
    const [first, second] = endsOf(spec);
    return { policy, isWithin: spec.within !== undefined, ends: [bits(first), bits(second)], rank: rankOf({ spec }) };
  });
  const byRank = new Map<string, Reach[]>();
  for (const reach of reaches) {
    const key = [reach.isWithin, ...reach.rank].join(' ');
    byRank.set(key, [...(byRank.get(key) ?? []), reach]);
  }
  const found: Diagnostic[] = [];
  for (const equals of byRank.values()) {
    for (const [index, later] of equals.entries()) {
      if (found.length > maxDiagnostics) return found;
      const isOpposed = (each: Reach) => !sayTheSame(each, later) && areBothFirst(each, later, reaches);
      const earlier = equals.slice(0, index).find(isOpposed);
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

/** Whether two policies speak of a pair of sites of which no other one speaks more specifically. */
function areBothFirst(one: Reach, other: Reach, all: readonly Reach[]): boolean {
  const [[a, b], [c, d]] = [one.ends, other.ends];
  const common = one.isWithin ? [[a & c, a & c] as const] : [[a & c, b & d] as const, [a & d, b & c] as const];
  const isSpoken = ([first, second]: readonly [bigint, bigint]) =>
    one.isWithin ? first !== 0n : isPair(first, second);
  return common.some(
    (pairs) => isSpoken(pairs) && !all.some((each) => isMoreSpecific(each, one) && coversAll(each, pairs)),
  );
}

function isMoreSpecific(each: Reach, than: Reach): boolean {
  const place = each.rank.findIndex((rank, index) => rank !== than.rank[index]);
  return each.isWithin === than.isWithin && place >= 0 && (each.rank[place] ?? 0) > (than.rank[place] ?? 0);
}

function coversAll({ ends: [a, b] }: Reach, [first, second]: readonly [bigint, bigint]): boolean {
  const isIn = (some: bigint, all: bigint) => (some & ~all) === 0n;
  return (isIn(first, a) && isIn(second, b)) || (isIn(first, b) && isIn(second, a));
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
