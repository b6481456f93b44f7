import type { GuestSpec, VmSchedule } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';
import { Draft } from './draft.js';
import { fits, type HostRoom } from './room.js';
import { type Admit, addArrival, addDeparture, beside } from './schedules.js';
import type { Sequence } from './sequence.js';
import { groupOutputs, groupRule, unicastRule } from './star.js';
import { groupKey } from './star-repair.js';
import { counted } from './switch-pairs.js';
import { type Unsafe, unsafe } from './unsafe.js';

export interface Move {
  guest: GuestSpec;
  from: string;
  to: string;
}

export interface MoveLimits {
  rooms: ReadonlyMap<string, HostRoom>;
  /** Whether a VM may be parked on a host while others change places. */
  mayRun: (guest: string, host: string) => boolean;
  /** Proxy host of each network. */
  proxies: ReadonlyMap<string, string>;
  /** That VMs shall have, wherever they are; others are ordinary processes. */
  schedules: ReadonlyMap<string, VmSchedule>;
  admit: Admit;
}

/**
 * Migrations, one a step, each to a host that has room at that moment. When all that remain wait for each other, one VM is parked
 * on a host with room to spare; no VM is parked twice. Null when all are done.
 */
export function addMoves(sequence: Sequence, moves: readonly Move[], limits: MoveLimits): Unsafe | null {
  let pending = [...moves].sort((a, b) => (a.guest.name < b.guest.name ? -1 : 1));
  const parked = new Set<string>();
  while (pending.length > 0) {
    const next = pending.find((move) => hasRoom(sequence.state, limits, move.to, move.guest));
    if (next) {
      addScheduledMove(sequence, next, limits);
      pending = pending.filter((move) => move !== next);
      continue;
    }
    const parking = findParking(sequence, pending, parked, limits);
    if (!parking) return noRoom(pending);
    const { move, host } = parking;
    addScheduledMove(sequence, { ...move, to: host }, limits);
    parked.add(move.guest.name);
    pending = pending.map((each) => (each === move ? { ...move, from: host } : each));
  }
  return null;
}

/** A pending VM and a host to park it on: one that lets another VM move if there is any, else any. */
function findParking(
  sequence: Sequence,
  pending: readonly Move[],
  parked: ReadonlySet<string>,
  limits: MoveLimits,
): { move: Move; host: string } | null {
  const { rooms, mayRun } = limits;
  const options = pending
    .filter((move) => !parked.has(move.guest.name))
    .flatMap((move) => {
      const host = [...rooms.keys()].find(
        (each) =>
          each !== move.from && mayRun(move.guest.name, each) && hasRoom(sequence.state, limits, each, move.guest),
      );
      return host === undefined ? [] : [{ move, host }];
    });
  return options.find(({ move }) => frees(sequence.state, pending, move, limits)) ?? options[0] ?? null;
}

/** Whether another pending VM could take the place of `gone`. */
function frees(state: FleetState, pending: readonly Move[], gone: Move, limits: MoveLimits): boolean {
  const host = state.get(gone.from);
  if (!host) return false;
  const guests = new Map([...host.guests].filter(([name]) => name !== gone.guest.name));
  const schedules = new Map([...host.schedules].filter(([name]) => name !== gone.guest.name));
  const without = new Map(state).set(gone.from, { ...host, guests, schedules });
  return pending.some(
    (move) => move !== gone && move.to === gone.from && hasRoom(without, limits, move.to, move.guest),
  );
}

/** Whether a host takes a VM now, with the schedule that it shall have. */
function hasRoom(state: FleetState, { rooms, schedules, admit }: MoveLimits, host: string, guest: GuestSpec): boolean {
  const schedule = schedules.get(guest.name);
  return fits(state, rooms, host, guest) && (schedule === undefined || beside(state, host, schedule, admit) !== null);
}

/** A migration of a VM that finds its schedule where it comes, and leaves none where it was. */
function addScheduledMove(sequence: Sequence, move: Move, { proxies, schedules, admit }: MoveLimits): void {
  const schedule = schedules.get(move.guest.name);
  if (schedule !== undefined) addArrival(sequence, move.to, schedule, admit);
  addMove(sequence, move, proxies.get(move.guest.network) ?? '');
  addDeparture(sequence, move.from, move.guest.name);
}

/**
 * One migration of a VM whose frames ride the star. The new host is ready before the old one lets go, then the Proxy sends frames
 * the new way; a Proxy that is one of the two does so in its own edit.
 */
function addMove(sequence: Sequence, { guest, from, to }: Move, proxy: string): void {
  const { network, mac, name } = guest;
  const arrival = new Draft();
  arrival.on(to).addGuests.push({ ...guest, from });
  arrival.on(to).setRules.push(unicastRule(network, mac, { kind: 'port', guest: name }));
  copyGroup(sequence, arrival, network, to, (ports) => [...ports, name]);
  const departure = new Draft();
  departure.on(from).removeGuests.push({ guest: name, to });
  if (from === proxy && reaches(sequence, from, to))
    departure.on(from).setRules.push(unicastRule(network, mac, { kind: 'link', peer: to }));
  else departure.on(from).removeRules.push({ network, source: 'any', destination: mac });
  copyGroup(sequence, departure, network, from, (ports) => ports.filter((port) => port !== name));
  const turn = new Draft();
  if (proxy !== from && proxy !== to && reaches(sequence, proxy, to)) {
    turn.on(proxy).setRules.push(unicastRule(network, mac, { kind: 'link', peer: to }));
  }
  const edits = [...arrival.edits(), ...departure.edits(), ...turn.edits()];
  sequence.add('move', `Move ${name} from ${from} to ${to}`, edits);
}

/** Whether a Proxy can be told to send frames to a host, and has the link to do so. */
export function reaches(sequence: Sequence, proxy: string, host: string): boolean {
  return !sequence.silent.has(proxy) && sequence.host(proxy).links.has(host);
}

/** Changes which guests a host copies group frames to. */
export function copyGroup(
  sequence: Sequence,
  draft: Draft,
  network: string,
  host: string,
  change: (ports: string[]) => string[],
): void {
  const outputs = groupOutputs(sequence.host(host).rules.get(`${network} any group`));
  const rule = groupRule(network, { ...outputs, guests: [...new Set(change([...outputs.guests]))] });
  if (rule) draft.on(host).setRules.push(rule);
  else draft.on(host).removeRules.push(groupKey(network));
}

function noRoom(pending: readonly Move[]): Unsafe {
  const list = pending.map(({ guest, from, to }) => `${guest.name} (${from} to ${to})`).join(', ');
  return unsafe(
    'room',
    `no room to swap: ${counted(pending.length, 'VM')} wait for each other to leave and no host has room to park one: ${list}. ` +
      'Add a host, or lower the compute, memory or schedule of a VM, and plan again.',
    pending.length,
  );
}
