import type { Rule } from '../../schema/generated/types.js';
import { ruleName } from '../model/fleet-state.js';
import { Draft } from './draft.js';
import { type PairRules, pairRules } from './pair-rules.js';
import { type Sequence, sameRule } from './sequence.js';

/** How one pair shall travel from now on. */
export interface PairRoute {
  network: string;
  /** Addresses. */
  source: string;
  destination: string;
  /** Name of the pair, for people. */
  title: string;
  /** Hosts from the source's to the destination's; empty when no frames flow, so that only rules remain to be removed. */
  hosts: readonly string[];
  /** The pair's own rules on `hosts`; a host without one uses its star rules. */
  rules: ReadonlyMap<string, Rule>;
}

/**
 * Leads pairs from wherever they travel now to their new routes. Each route is laid from its far end, one host a round: a frame
 * follows the old tables until it meets a host that is done, and everything from there on is the new route. So no round makes a
 * loop, and what was delivered stays delivered, whatever the old tables were. Pairs do not share rules, so the rounds of all
 * pairs go side by side, in any order within a round. At the end no frame meets the rules beside the routes, and they go.
 */
export function switchPairs(sequence: Sequence, routes: readonly PairRoute[]): void {
  const existing = pairRules(sequence.state);
  const updates = routes.map((route) => updatesOf(sequence, route, existing.get(ruleName(route))));
  const rounds = Math.max(0, ...updates.map((list) => list.length));
  for (let round = 0; round < rounds; round += 1) {
    const draft = new Draft();
    const moving: PairRoute[] = [];
    routes.forEach((route, index) => {
      const host = updates[index]?.[round];
      if (host === undefined) return;
      moving.push(route);
      update(draft, route, host);
    });
    const part = rounds > 1 ? `, part ${round + 1} of ${rounds}` : '';
    sequence.add(draftKind(draft), `${routeTitle(moving)}${part}`, draft.edits());
  }
  const leftovers = new Draft();
  for (const route of routes) {
    for (const host of existing.get(ruleName(route))?.rules.keys() ?? []) {
      if (!route.hosts.includes(host) && !sequence.silent.has(host)) leftovers.on(host).removeRules.push(keyOf(route));
    }
  }
  sequence.add('unroute', 'Remove rules of paths that are no longer used', leftovers.edits());
}

/** Hosts whose rule has to change, the far end first. */
function updatesOf(sequence: Sequence, route: PairRoute, existing: PairRules | undefined): string[] {
  return [...route.hosts]
    .reverse()
    .filter((host) => !sequence.silent.has(host) && !sameRule(existing?.rules.get(host), route.rules.get(host)));
}

function update(draft: Draft, route: PairRoute, host: string): void {
  const rule = route.rules.get(host);
  if (rule) draft.on(host).setRules.push(rule);
  else draft.on(host).removeRules.push(keyOf(route));
}

const keyOf = ({ network, source, destination }: PairRoute) => ({ network, source, destination });

const draftKind = (draft: Draft) => (draft.edits().some((edit) => edit.setRules?.length) ? 'route' : 'unroute');

function routeTitle(routes: readonly PairRoute[]): string {
  const [first] = routes;
  if (!first) return '';
  const way =
    first.rules.size > 0 ? `Route ${first.title} over ${first.hosts.join(', ')}` : `Return ${first.title} to the star`;
  return routes.length > 1 ? `${way} (and ${counted(routes.length - 1, 'more pair')})` : way;
}

/** `1 pair`, `2 pairs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
