import type { LinkPolicies } from '../../schema/link-policy/stated-policy.js';
import type { Snapshot } from '../model/snapshot.js';
import { mappingOrWhyNot } from '../vadapt/infeasible/explain-infeasible.js';
import type { LinkEndsOf } from '../vreserve/link-ends.js';
import { problemOf } from './pose.js';

/** More policies than these are not told apart: each costs a search. */
const mostPolicies = 16;

/** A host that may, or by what a policy leaves can, have no link to the Proxy of a network. */
interface Gap {
  network: string;
  proxy: string;
  host: string;
  /** Name of the policy. */
  policy: string;
  message: string;
}

/**
 * Which link policies leave no place for VMs, for people: as few of them as possible, without which there would be a place, though
 * not without fewer of them. Empty where policies are not to blame.
 */
export function policiesInTheWay(snapshot: Snapshot, ends: LinkEndsOf): string {
  const { linkPolicies } = snapshot;
  if (linkPolicies === undefined) return '';
  const gaps = gapsWithoutEach(snapshot, linkPolicies, gapsIn(snapshot, ends));
  const involved = policiesOf(gaps);
  if (involved.length === 0 || !isFeasible(snapshot, without(linkPolicies, involved))) return '';
  const innocent: string[] = [];
  for (const name of involved) {
    const dropped = involved.filter((each) => each !== name && !innocent.includes(each));
    if (dropped.length > 0 && isFeasible(snapshot, without(linkPolicies, dropped))) innocent.push(name);
  }
  const guilty = involved.filter((name) => !innocent.includes(name));
  const told = guilty.flatMap((name) => gaps.find(({ policy }) => policy === name) ?? []);
  return ` Without ${guilty.length > 1 ? 'these link policies' : 'this link policy'} there would be a place: ${told.map(sentence).join(' ')}${advice(snapshot, ends, gaps)}`;
}

/** With those of the policies that would decide in the place of the ones before, were these not there. */
function gapsWithoutEach(snapshot: Snapshot, policies: LinkPolicies, first: readonly Gap[]): Gap[] {
  const found = [...first];
  for (let newest = first; newest.length > 0 && policiesOf(found).length < mostPolicies; ) {
    const others = { ...snapshot, linkPolicies: without(policies, policiesOf(found)) };
    newest = gapsIn(others, problemOf(others).ends);
    found.push(...newest);
  }
  return found;
}

const policiesOf = (gaps: readonly Gap[]) =>
  [...new Set(gaps.map(({ policy }) => policy))].sort().slice(0, mostPolicies);

function gapsIn({ hosts, networks }: Snapshot, ends: LinkEndsOf): Gap[] {
  return networks.flatMap(({ name: network, proxy }) =>
    hosts.flatMap(({ name: host }): Gap[] => {
      const found = host === proxy ? null : ends(host, proxy);
      if (found?.kind === 'forbidden')
        return [{ network, proxy, host, policy: found.policy.name, message: found.message }];
      if (found?.kind !== 'refused' || found.inEffect !== null || found.policy === null) return [];
      const message = `no link is possible between host ${host} and host ${proxy}. ${found.message}`;
      return [{ network, proxy, host, policy: found.policy.name, message }];
    }),
  );
}

function without({ policies, sites }: LinkPolicies, names: readonly string[]): LinkPolicies {
  return { sites, policies: policies.filter(({ name }) => !names.includes(name)) };
}

function isFeasible(snapshot: Snapshot, linkPolicies: LinkPolicies): boolean {
  return !('kind' in mappingOrWhyNot(problemOf({ ...snapshot, linkPolicies }).problem));
}

function sentence({ network, proxy, message }: Gap): string {
  return `${message} ${proxy} is the Proxy of network ${network}, which VMs reach each other through.`;
}

/** Another Proxy that every host may be linked with. */
function advice({ hosts }: Snapshot, ends: LinkEndsOf, gaps: readonly Gap[]): string {
  const network = gaps[0]?.network ?? '';
  const isReached = (proxy: string) =>
    hosts.every(({ name }) => name === proxy || ends(name, proxy).kind === 'link-ends');
  const other = hosts.find(({ name, presence }) => presence === 'connected' && isReached(name));
  return other === undefined ? '' : ` Every host may be linked with ${other.name}: it can be the Proxy of ${network}.`;
}
