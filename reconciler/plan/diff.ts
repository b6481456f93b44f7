import type { Change, GuestSpec, Rule } from '../../schema/generated/types.js';
import { linkName } from '../model/configuration.js';
import { emptyHost, type FleetState, ruleName } from '../model/fleet-state.js';
import { trace } from '../model/trace.js';
import { guestWork } from './guests.js';
import { isPairRule, type PairRules, pairRules } from './pair-rules.js';
import { byAddress, type Resident, residents } from './residents.js';
import { sameButNeighbours, sameEnd, sameNetwork, sameRule, sameSchedule } from './sequence.js';

/** Estimated seconds of a migration: migrate(vm, from, to) of the seed. */
export type MoveSeconds = (guest: GuestSpec, from: string, to: string) => number;

/** The difference between two states, for people: guests first, then schedules, networks, links, paths, tables. Empty only if there is none. */
export function diff(current: FleetState, target: FleetState, moveSeconds: MoveSeconds): Change[] {
  const guests = guestChanges(current, target, moveSeconds);
  const networks = networkChanges(current, target);
  const paths = pathChanges(current, target);
  const explained = explanations(current, target, guests, networks, paths);
  return [
    ...guests,
    ...scheduleChanges(current, target),
    ...networks,
    ...linkChanges(current, target),
    ...paths,
    ...tableChanges(current, target, explained),
  ];
}

function guestChanges(current: FleetState, target: FleetState, moveSeconds: MoveSeconds): Change[] {
  const work = guestWork(current, target, residents(current, target));
  return [
    ...work.stops.map(({ name, host }): Change => ({ kind: 'guest-stop', guest: name, host })),
    ...work.doubles.map(({ guest, host }): Change => ({ kind: 'guest-stop', guest, host })),
    ...work.moves.map(({ guest, from, to }): Change => {
      return { kind: 'guest-move', guest: guest.name, from, to, seconds: moveSeconds(guest, from, to) };
    }),
    ...work.resizes.map(({ name, host }): Change => ({ kind: 'guest-resize', guest: name, host })),
    ...work.starts.map(({ name, host }): Change => ({ kind: 'guest-start', guest: name, host })),
  ];
}

/** By VM; one that moves has its old schedule where it was, and its new one where it goes. */
function scheduleChanges(current: FleetState, target: FleetState): Change[] {
  const changes = hostNames(current, target).flatMap((host) => {
    const before = configOf(current, host).schedules;
    const after = configOf(target, host).schedules;
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((guest): (Change & { kind: 'schedule' })[] => {
      const [was, is] = [before.get(guest), after.get(guest)];
      return sameSchedule(was, is) ? [] : [{ kind: 'schedule', guest, host, before: was ?? null, after: is ?? null }];
    });
  });
  const isNew = new Set(changes.filter(({ after }) => after !== null).map(({ guest }) => guest));
  return changes
    .filter(({ guest, after }) => after !== null || !isNew.has(guest))
    .sort((a, b) => (a.guest < b.guest ? -1 : a.guest > b.guest ? 1 : 0));
}

function networkChanges(current: FleetState, target: FleetState): Change[] {
  const changes: Change[] = [];
  /** By network: hosts that are told other addresses of VMs, and nothing else. */
  const informed = new Map<string, number>();
  for (const host of hostNames(current, target)) {
    const before = configOf(current, host).networks;
    const after = configOf(target, host).networks;
    for (const network of [...new Set([...before.keys(), ...after.keys()])].sort()) {
      const was = before.get(network);
      const is = after.get(network);
      if (sameNetwork(was, is)) continue;
      if (sameButNeighbours(was, is)) informed.set(network, (informed.get(network) ?? 0) + 1);
      else changes.push({ kind: 'network', network, host, action: !was ? 'join' : !is ? 'leave' : 'update' });
    }
  }
  const told = [...informed].sort(([a], [b]) => (a < b ? -1 : 1));
  return [...changes, ...told.map(([network, hosts]): Change => ({ kind: 'neighbours', network, hosts }))];
}

function linkChanges(current: FleetState, target: FleetState): Change[] {
  const proxies = new Set([...target.values()].flatMap((config) => [...config.networks.values()].map((n) => n.proxy)));
  const changes = new Map<string, Change>();
  for (const host of hostNames(current, target)) {
    const before = configOf(current, host).links;
    const after = configOf(target, host).links;
    for (const peer of [...before.keys(), ...after.keys()]) {
      const [a, b] = host < peer ? [host, peer] : [peer, host];
      const end = after.get(peer);
      if (sameEnd(before.get(peer), end)) continue;
      const star = proxies.has(a) || proxies.has(b);
      changes.set(
        linkName(a, b),
        end ? { kind: 'link-add', a, b, type: end.type, star } : { kind: 'link-remove', a, b },
      );
    }
  }
  return [...changes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
}

/** Pairs with rules of their own, before or after, that travel differently. */
function pathChanges(current: FleetState, target: FleetState): (Change & { kind: 'path' })[] {
  const before = byAddress(residents(current, target));
  const after = byAddress(residents(target));
  const pairs = [...new Map([...pairRules(current), ...pairRules(target)])].sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.flatMap(([, pair]) => {
    const was = wayOf(current, before, pair);
    const is = wayOf(target, after, pair);
    if (!was.ends && !is.ends) return [];
    if (was.hosts.join(' ') === is.hosts.join(' ')) return [];
    const { from, to } = is.ends ?? was.ends ?? { from: '', to: '' };
    return [{ kind: 'path', source: from, destination: to, before: was.hosts, after: is.hosts }];
  });
}

function wayOf(state: FleetState, at: ReadonlyMap<string, Resident>, { network, source, destination }: PairRules) {
  const from = at.get(`${network} ${source}`);
  const to = at.get(`${network} ${destination}`);
  if (!from || !to) return { ends: null, hosts: [] };
  const way = trace(state, network, from.host, source, destination);
  return { ends: { from: from.name, to: to.name }, hosts: way.kind === 'delivered' ? way.hosts : [] };
}

/** Whether some other change already says why a rule of a host differs. */
type Explained = (host: string, rule: Rule) => boolean;

function explanations(
  current: FleetState,
  target: FleetState,
  guests: readonly Change[],
  networks: readonly Change[],
  paths: readonly (Change & { kind: 'path' })[],
): Explained {
  const macs = new Map(
    [...residents(current, target), ...residents(target)].map(([name, { spec }]) => [name, spec.mac]),
  );
  const moved = new Set(guests.map((change) => ('guest' in change ? macs.get(change.guest) : undefined)));
  const touched = new Set(guests.flatMap((change) => Object.values(change)));
  const attached = new Set(
    networks.map((change) => (change.kind === 'network' ? `${change.network} ${change.host}` : '')),
  );
  const routed = new Set(paths.map((path) => `${macs.get(path.source)} ${macs.get(path.destination)}`));
  return (host, rule) =>
    attached.has(`${rule.network} ${host}`) ||
    (isPairRule(rule) && routed.has(`${rule.source} ${rule.destination}`)) ||
    (rule.source === 'any' && moved.has(rule.destination)) ||
    (rule.destination === 'group' && touched.has(host));
}

function tableChanges(current: FleetState, target: FleetState, explained: Explained): Change[] {
  return hostNames(current, target).flatMap((host): Change[] => {
    const before = configOf(current, host).rules;
    const after = configOf(target, host).rules;
    const set = [...after.values()].filter(
      (rule) => !sameRule(before.get(ruleName(rule)), rule) && !explained(host, rule),
    );
    const removed = [...before.values()].filter((rule) => !after.has(ruleName(rule)) && !explained(host, rule));
    if (set.length + removed.length === 0) return [];
    return [{ kind: 'table', host, set: set.length, removed: removed.length }];
  });
}

const hostNames = (a: FleetState, b: FleetState) => [...new Set([...a.keys(), ...b.keys()])].sort();

const configOf = (state: FleetState, host: string) => state.get(host) ?? emptyHost();
