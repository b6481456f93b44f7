import type { Change, DecidingPolicy, LinkLine } from '../../schema/generated/types.js';
import { decidingPolicies, type PairRule } from '../../schema/link-policy/deciding-policy.js';
import { whyNotPermitted } from '../../schema/link-policy/why-not-permitted.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Snapshot } from '../model/snapshot.js';
import { wayOf } from '../vreserve/link-ways.js';

type Rules = (a: string, b: string) => { rule: PairRule; sites: { a: string; b: string } } | null;

/** Every link of a state and the policy that decided about it, by its ends; nothing where no document is a LinkPolicy. */
export function linkLines({ linkPolicies, hosts }: Snapshot, target: FleetState): { links?: LinkLine[] } {
  if (linkPolicies === undefined) return {};
  const ruleOf = rulesBetween(linkPolicies, hosts);
  const links = [...target].flatMap(([a, config]) =>
    [...config.links.values()].flatMap(({ peer: b, type }) =>
      a < b ? [{ a, b, type, ...decidedBy(ruleOf(a, b)) }] : [],
    ),
  );
  return { links: links.sort((x, y) => (`${x.a} ${x.b}` < `${y.a} ${y.b}` ? -1 : 1)) };
}

/** Changes of links with the policy that decided about those that are set up, and that forbids those that are taken down. */
export function withPolicies(changes: readonly Change[], { linkPolicies, hosts, current }: Snapshot): Change[] {
  if (linkPolicies === undefined) return [...changes];
  const ruleOf = rulesBetween(linkPolicies, hosts);
  return changes.map((change) => {
    if (change.kind === 'link-add') return { ...change, ...decidedBy(ruleOf(change.a, change.b)) };
    if (change.kind !== 'link-remove') return change;
    const found = ruleOf(change.a, change.b);
    return found !== null && isForbidden(found, change, current) ? { ...change, ...decidedBy(found) } : change;
  });
}

function rulesBetween(policies: NonNullable<Snapshot['linkPolicies']>, hosts: Snapshot['hosts']): Rules {
  const ruleOf = decidingPolicies(policies);
  const siteOf = new Map(hosts.map(({ name, site }) => [name, site]));
  return (a, b) => {
    const sites = { a: siteOf.get(a), b: siteOf.get(b) };
    if (sites.a === undefined || sites.b === undefined) return null;
    const rule = ruleOf(sites.a, sites.b);
    return rule && { rule, sites: { a: sites.a, b: sites.b } };
  };
}

function decidedBy(found: ReturnType<Rules>): { policy?: DecidingPolicy } {
  return found === null ? {} : { policy: { name: found.rule.policy.name, at: found.rule.policy.at } };
}

function isForbidden(
  { rule, sites }: NonNullable<ReturnType<Rules>>,
  { a, b }: { a: string; b: string },
  current: FleetState,
): boolean {
  const [atA, atB] = [current.get(a)?.links.get(b), current.get(b)?.links.get(a)];
  return atA !== undefined && atB !== undefined && whyNotPermitted(rule, wayOf(atA, atB), sites) !== null;
}
