import type { LinkPolicy, LinkPolicyEnd, Metadata } from '../generated/types.js';

/** A LinkPolicy, and where it is written. */
export interface StatedPolicy {
  name: string;
  /** `file:line`. */
  at: string;
  spec: LinkPolicy['spec'];
}

/** A site, as policies choose it. */
export interface LabelledSite {
  name: string;
  labels: Readonly<Record<string, string | undefined>>;
}

export function labelledSite({ name, labels = {} }: Metadata): LabelledSite {
  return { name, labels };
}

/** All that is written about links between sites. */
export interface LinkPolicies {
  policies: readonly StatedPolicy[];
  sites: readonly LabelledSite[];
}

/** The ends of a policy: of `within` twice the same. */
export function endsOf({ between, within }: LinkPolicy['spec']): [LinkPolicyEnd, LinkPolicyEnd] {
  if (within !== undefined) return [within, within];
  const [first = {}, second = {}] = between ?? [];
  return [first, second];
}

export function choosesSite({ site, labels = {} }: LinkPolicyEnd, chosen: LabelledSite): boolean {
  const isNamed = site === undefined || site === chosen.name;
  return isNamed && Object.entries(labels).every(([key, value]) => chosen.labels[key] === value);
}

/** A named site before labels, and labels before any site. */
function specificity({ site, labels }: LinkPolicyEnd): number {
  if (site !== undefined) return 2;
  return labels !== undefined ? 1 : 0;
}

/**
 * What decides between two policies that speak of one pair of sites: the more specific of a policy's ends, then the other one, then
 * its priority; larger numbers first.
 */
export function rankOf({ spec }: Pick<StatedPolicy, 'spec'>): [number, number, number] {
  const [first, second] = endsOf(spec).map(specificity) as [number, number];
  return [Math.max(first, second), Math.min(first, second), spec.priority ?? 0];
}

/** The policy that decides before the other comes first; of equal ones, which validation lets pass only if they say the same, by name. */
export function byRank(a: StatedPolicy, b: StatedPolicy): number {
  const [ranksOfA, ranksOfB] = [rankOf(a), rankOf(b)];
  const place = ranksOfA.findIndex((rank, index) => rank !== ranksOfB[index]);
  if (place >= 0) return (ranksOfB[place] ?? 0) - (ranksOfA[place] ?? 0);
  return a.name < b.name ? -1 : 1;
}
