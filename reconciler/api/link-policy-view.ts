import type { LinkPolicyList, SitePairView } from '../../schema/generated/types.js';
import { decidingPolicies } from '../../schema/link-policy/deciding-policy.js';
import { saysOf, speaksOf } from '../../schema/link-policy/policy-text.js';
import { byRank } from '../../schema/link-policy/stated-policy.js';
import { carriagesUnder } from '../model/carriages.js';
import type { Snapshot } from '../model/snapshot.js';

/** More pairs of sites than these are not listed. */
const mostPairs = 10_000;

/** Link policies of a fleet and what they come to; none before there are documents. */
export function linkPolicyList(snapshot: Snapshot | null): LinkPolicyList {
  const { linkPolicies = { policies: [], sites: [] }, hosts = [] } = snapshot ?? {};
  const ruleOf = decidingPolicies(linkPolicies);
  const carriagesOf = carriagesUnder(linkPolicies);
  const pairs = linkPolicies.policies.length === 0 ? [] : pairsOf(hosts);
  const views = pairs.map((sites): SitePairView => {
    const rule = ruleOf(...sites);
    const types = [...new Set(carriagesOf(undefined, ...sites).map(({ type }) => type))];
    return { sites, ...(rule ? { policy: { name: rule.policy.name, at: rule.policy.at } } : {}), types };
  });
  const decides = (name: string) => views.filter(({ policy }) => policy?.name === name).length;
  const policies = [...linkPolicies.policies].sort(byRank).map((policy) => {
    const { name, at } = policy;
    return { name, at, speaksOf: speaksOf(policy), says: saysOf(policy), decides: decides(name) };
  });
  return { format_version: '1', policies, pairs: views };
}

function pairsOf(hosts: Snapshot['hosts']): [string, string][] {
  const counts = new Map<string, number>();
  for (const { site } of hosts) counts.set(site, (counts.get(site) ?? 0) + 1);
  const sites = [...counts.keys()].sort();
  const pairs = sites.flatMap((a, index) =>
    sites.slice(index).flatMap((b): [string, string][] => (a !== b || (counts.get(a) ?? 0) > 1 ? [[a, b]] : [])),
  );
  return pairs.slice(0, mostPairs);
}
