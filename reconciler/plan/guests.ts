import type { GuestSpec } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';
import { Draft } from './draft.js';
import { copyGroup, type Move, reaches } from './moves.js';
import { type Resident, residents } from './residents.js';
import { type Sequence, sameGuest, sameMachine } from './sequence.js';
import { unicastRule } from './star.js';
import { counted } from './switch-pairs.js';

/** What has to happen to guests. One that changes its address, network or driver is another machine: stopped, then started. */
export interface GuestWork {
  moves: Move[];
  starts: Resident[];
  stops: Resident[];
  /** Same machine, same host, other size. */
  resizes: Resident[];
  /** Second instances of a VM that runs where `to` says. */
  doubles: { guest: string; host: string; to: string }[];
}

export function guestWork(state: FleetState, target: FleetState, located: ReadonlyMap<string, Resident>): GuestWork {
  const wanted = residents(target);
  const work: GuestWork = { moves: [], starts: [], stops: [], resizes: [], doubles: [] };
  for (const resident of located.values()) {
    const goal = wanted.get(resident.name);
    if (!goal || !sameMachine(goal.spec, resident.spec)) work.stops.push(resident);
    else if (goal.host !== resident.host) work.moves.push({ guest: goal.spec, from: resident.host, to: goal.host });
    else if (!sameGuest(goal.spec, resident.spec)) work.resizes.push(goal);
  }
  for (const goal of wanted.values()) {
    const now = located.get(goal.name);
    if (!now || !sameMachine(goal.spec, now.spec)) work.starts.push(goal);
  }
  for (const [host, config] of [...state].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const guest of [...config.guests.keys()].sort()) {
      const home = located.get(guest);
      if (home && home.host !== host) work.doubles.push({ guest, host, to: home.host });
    }
  }
  return work;
}

/** Stops guests and takes them out of the star, all in one step: nobody sends to them any more. */
export function addStops(
  sequence: Sequence,
  { stops, doubles }: GuestWork,
  proxies: ReadonlyMap<string, string>,
): void {
  const draft = new Draft();
  for (const { name, host, spec } of stops) {
    const key = { network: spec.network, source: 'any', destination: spec.mac };
    draft.on(host).removeGuests.push({ guest: name });
    draft.on(host).removeRules.push(key);
    const proxy = proxies.get(spec.network);
    if (proxy !== undefined && !sequence.silent.has(proxy)) draft.on(proxy).removeRules.push(key);
  }
  for (const { guest, host, to } of doubles) {
    if (!sequence.silent.has(host)) draft.on(host).removeGuests.push({ guest, to });
  }
  const names = stops.map(({ name, host }) => `${name} on ${host}`);
  for (const [network, host] of places(stops)) {
    const gone = new Set(stops.map((each) => each.name));
    copyGroup(sequence, draft, network, host, (ports) => ports.filter((port) => !gone.has(port)));
  }
  sequence.add('stop', stops.length > 0 ? titled('Stop', names) : 'Remove second instances', draft.edits());
}

/** Starts guests. The Proxy learns where they are in the same step; until they run, frames for them are dropped. */
export function addStarts(sequence: Sequence, starts: readonly Resident[], proxies: ReadonlyMap<string, string>): void {
  const draft = new Draft();
  for (const { name, host, spec } of starts) {
    const { network, mac } = spec;
    const proxy = proxies.get(network);
    draft.on(host).addGuests.push(spec);
    draft.on(host).setRules.push(unicastRule(network, mac, { kind: 'port', guest: name }));
    if (proxy === undefined || proxy === host || !reaches(sequence, proxy, host)) continue;
    draft.on(proxy).setRules.push(unicastRule(network, mac, { kind: 'link', peer: host }));
  }
  for (const [network, at] of places(starts)) {
    const here = starts.filter((each) => each.host === at && each.spec.network === network).map((each) => each.name);
    copyGroup(sequence, draft, network, at, (ports) => [...ports, ...here]);
  }
  const names = starts.map(({ name, host }) => `${name} on ${host}`);
  sequence.add('start', titled('Start', names), draft.edits());
}

/** Gives running guests another size: those that shrink make room for moves, those that grow wait until moves have made room. */
export function addResizes(sequence: Sequence, resizes: readonly Resident[], which: 'shrink' | 'grow'): void {
  const draft = new Draft();
  const names: string[] = [];
  for (const { name, host, spec } of resizes) {
    const now = sequence.host(host).guests.get(name);
    if (!now || (which === 'shrink') !== isSmaller(spec, now)) continue;
    draft.on(host).addGuests.push(spec);
    names.push(`${name} on ${host}`);
  }
  sequence.add('start', titled('Resize', names), draft.edits());
}

const isSmaller = (a: GuestSpec, b: GuestSpec) => a.computeCores <= b.computeCores && a.memoryMib <= b.memoryMib;

/** Each network on each host that one of the guests is on. */
function places(guests: readonly Resident[]): [string, string][] {
  const keys = new Set(guests.map((each) => `${each.spec.network} ${each.host}`));
  return [...keys].sort().map((key) => key.split(' ') as [string, string]);
}

function titled(verb: string, names: readonly string[]): string {
  const more = names.length > 1 ? ` (and ${counted(names.length - 1, 'more VM')})` : '';
  return `${verb} ${names[0] ?? ''}${more}`;
}
