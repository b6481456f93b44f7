import type { Rule } from '../../schema/generated/types.js';
import { starPath } from '../model/configuration.js';
import { type FleetState, ruleName } from '../model/fleet-state.js';
import { trace } from '../model/trace.js';
import { Draft } from './draft.js';
import { isPairRule, pairRules } from './pair-rules.js';
import { pathRule } from './realise.js';
import { byAddress, type Resident, residentsOf } from './residents.js';
import { outputName, type Sequence, sameRule } from './sequence.js';
import { groupOutputs, groupRule, type Star, starRules, unicastRule, withLinks } from './star.js';
import { type PairRoute, switchPairs } from './switch-pairs.js';

/**
 * Turns whatever tables there are into the star around each network's new Proxy, VMs staying where they are. This is how a host
 * joins, how damage is put right, and how a network changes its Proxy. For any destination the star is laid from its far end:
 *
 * 1. every host delivers to its own VMs: a frame that reaches the destination's host has arrived;
 * 2. the Proxy knows every VM: a frame that reaches the Proxy has arrived after one more link;
 * 3. the leaves hand over to the Proxy, in any order: a frame follows the old tables until it meets a host that is done.
 *
 * So there is never a new loop, and what was delivered stays delivered, whatever the old tables were. Pairs with rules of their own
 * that do not lead all the way would mix old and new; they are first given rules on their whole route. Group frames are cut back to
 * the part of the new tree that exists, then the rest of the tree is added: in between they reach fewer hosts, but never loop.
 */
export function repairStars(
  sequence: Sequence,
  target: FleetState,
  stars: readonly Star[],
  located: ReadonlyMap<string, Resident>,
): void {
  const ports = new Draft();
  for (const star of stars) for (const host of hostsOf(sequence, star)) layPorts(sequence, ports, star, host);
  sequence.add('route', 'Deliver to local VMs on their hosts', ports.edits());

  const hubs = new Draft();
  const leaves = new Draft();
  for (const star of stars) {
    if (!sequence.silent.has(star.proxy)) layTable(sequence, hubs, target, star, star.proxy, false);
    for (const host of hostsOf(sequence, star)) layTable(sequence, leaves, target, star, host, true);
  }
  const changing = new Set([...hubs.edits(), ...leaves.edits()].flatMap(networksOf));
  switchPairs(sequence, heldRoutes(sequence.state, stars, changing, located));
  sequence.add('route', 'Tell the Proxy where every VM is', hubs.edits());
  sequence.add('route', 'Lead the star to the Proxy', leaves.edits());
}

/** The stars of `target`'s networks with the VMs where they are now; hosts that still hold VMs remain members. */
export function starsOf(
  target: FleetState,
  located: ReadonlyMap<string, Resident>,
  silent: ReadonlySet<string>,
): Star[] {
  const stars = new Map<string, Star & { members: string[] }>();
  for (const [host, config] of [...target].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (silent.has(host)) continue;
    for (const { name, proxy } of config.networks.values()) {
      const lan = target.get(proxy)?.networks.get(name)?.lan !== undefined;
      const star = stars.get(name) ?? { network: name, proxy, members: [], residents: residentsOf(located, name), lan };
      stars.set(name, star);
      star.members.push(host);
    }
  }
  for (const star of stars.values()) {
    const hub = target.get(star.proxy)?.rules.get(ruleName(groupKey(star.network)));
    const copied = hub?.to.flatMap((output) =>
      output.kind === 'link' && silent.has(output.peer) ? [output.peer] : [],
    );
    const inhabited = star.residents.map((each) => each.host).filter((host) => !silent.has(host));
    star.members = [...new Set([...star.members, ...inhabited, ...(copied ?? [])])].sort();
  }
  return [...stars.values()].sort((a, b) => (a.network < b.network ? -1 : 1));
}

export const groupKey = (network: string) => ({ network, source: 'any', destination: 'group' });

const hostsOf = (sequence: Sequence, star: Star) => star.members.filter((host) => !sequence.silent.has(host));

function networksOf(edit: { setRules?: Rule[]; removeRules?: { network: string }[] }): string[] {
  return [...(edit.setRules ?? []), ...(edit.removeRules ?? [])].map((rule) => rule.network);
}

/** Round 1 on one host: rules into local VMs; group outputs that are not part of the new tree go. */
function layPorts(sequence: Sequence, draft: Draft, star: Star, host: string): void {
  const { network } = star;
  const wanted = starRules(star, host);
  for (const { name, spec, host: at } of star.residents) {
    if (at === host) setIfNew(sequence, draft, host, unicastRule(network, spec.mac, { kind: 'port', guest: name }));
  }
  const group = sequence.host(host).rules.get(ruleName(groupKey(network)));
  if (!group) return;
  const tree = new Set(wanted.find((rule) => rule.destination === 'group')?.to.map(outputName));
  const kept = group.to.filter((output) => tree.has(outputName(output)));
  if (kept.length === group.to.length) return;
  const rule = groupRule(network, groupOutputs({ ...group, to: kept }));
  if (rule) draft.on(host).setRules.push(rule);
  else draft.on(host).removeRules.push(groupKey(network));
}

/** Rounds 2 and 3 on one host: every star rule as it shall be, without or with the group rule; others that name no pair go. */
function layTable(
  sequence: Sequence,
  draft: Draft,
  target: FleetState,
  star: Star,
  host: string,
  group: boolean,
): void {
  const config = sequence.host(host);
  const wanted = new Map(withLinks(starRules(star, host), config.links).map((rule) => [ruleName(rule), rule]));
  const belongs = (rule: Rule) => rule.network === star.network && !isPairRule(rule);
  // A VM on a host that has not reported is not among the residents; what leads to it stays.
  const stays = (rule: Rule) => sameRule(rule, target.get(host)?.rules.get(ruleName(rule)));
  for (const rule of config.rules.values()) {
    if (belongs(rule) && !wanted.has(ruleName(rule)) && !stays(rule) && (group || rule.destination !== 'group')) {
      draft.on(host).removeRules.push({ network: rule.network, source: rule.source, destination: rule.destination });
    }
  }
  for (const rule of wanted.values()) {
    if (group || rule.destination !== 'group') setIfNew(sequence, draft, host, rule);
  }
}

function setIfNew(sequence: Sequence, draft: Draft, host: string, rule: Rule): void {
  const old = sequence.host(host).rules.get(ruleName(rule));
  if (!sameRule(old, rule)) draft.on(host).setRules.push(rule);
}

/** Complete routes for pairs whose own rules do not lead all the way: as they travel now, or over the star if they do not arrive. */
function heldRoutes(
  state: FleetState,
  stars: readonly Star[],
  changing: ReadonlySet<string>,
  located: ReadonlyMap<string, Resident>,
): PairRoute[] {
  const at = byAddress(located);
  const routes: PairRoute[] = [];
  for (const { network, source, destination, rules } of pairRules(state).values()) {
    const from = at.get(`${network} ${source}`);
    const to = at.get(`${network} ${destination}`);
    const star = stars.find((each) => each.network === network);
    if (!from || !to || !star || !changing.has(network)) continue;
    const now = trace(state, network, from.host, source, destination);
    const arrives = now.kind === 'delivered' && now.guest === to.name;
    if (arrives && now.hosts.slice(0, -1).every((host) => rules.has(host))) continue;
    const hosts = arrives ? now.hosts : starPath(from.host, to.host, star.proxy);
    const held = hosts.slice(0, -1).map((host, index): [string, Rule] => {
      return [host, pathRule(network, source, destination, hosts[index + 1] ?? '')];
    });
    routes.push({ network, source, destination, title: `${from.name} -> ${to.name}`, hosts, rules: new Map(held) });
  }
  return routes;
}
