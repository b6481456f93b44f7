import type { Edit, GuestSpec, Step } from '../../schema/generated/types.js';
import { advance, type FleetState } from '../model/fleet-state.js';
import { type Trace, trace } from '../model/trace.js';
import { bridgedTwice, bridges } from './bridges.js';
import { circulates } from './circulates.js';
import { isAddress, isPairRule, pairRules } from './pair-rules.js';
import { residents } from './residents.js';
import { type Unsafe, unsafe } from './unsafe.js';

/**
 * Plays a plan edit by edit and follows the frames whose way an edit may have changed. Refuses a plan that makes a loop, cuts off
 * two VMs that reach each other now and shall go on, or a VM and the LAN, or leaves a VM nowhere. VMs on silent hosts do not hold a plan up: nobody knows
 * what becomes of their frames. Links that come up are not judged: they cannot cut
 * anything off, and a loop that only a missing link kept open was there before.
 */
export function replay(
  current: FleetState,
  target: FleetState,
  steps: readonly Step[],
  silent: ReadonlySet<string>,
): Unsafe | null {
  const world = newWorld(current, target, silent);
  for (const step of steps) {
    const start = world.state;
    world.inFlight = new Set(
      step.kind === 'move' ? step.edits.flatMap((edit) => (edit.addGuests ?? []).map(addressOf)) : [],
    );
    for (const edit of step.edits) {
      const before = world.state;
      world.state = advance(before, edit);
      place(world, edit);
      if (step.kind === 'link-up') continue;
      const found = judge(world, before, edit);
      if (found) return refusal(step, found);
    }
    const found = judgeBridges(start, step) ?? judgeArrivals(world, start, step) ?? judgePlacement(world, step);
    if (found) return refusal(step, found);
  }
  return null;
}

interface World {
  state: FleetState;
  current: FleetState;
  /** VMs by `network address`; in flight, on the new host. The LAN of a network is one more, at the Proxy, under `lanAddress`. */
  places: Map<string, { name: string; host: string }>;
  /** Where the VMs were at first. */
  origins: ReadonlyMap<string, { name: string; host: string }>;
  /** VMs on connected hosts that shall go on running, by `network address`. */
  lasting: ReadonlySet<string>;
  /** Sources with rules of their own, by `network destination`. */
  sources: Map<string, Set<string>>;
  /** VMs that are on their way within this step, by `network address`. */
  inFlight: ReadonlySet<string>;
}

interface Finding {
  limit: 'loop' | 'cut' | 'placement';
  what: string;
}

/** Stands for any address that is not a VM's. */
const lanAddress = '00:00:00:00:00:00';

function newWorld(current: FleetState, target: FleetState, silent: ReadonlySet<string>): World {
  const located = [...residents(current, target).values()];
  const origins = new Map(located.map(({ name, host, spec }) => [addressOf(spec), { name, host }]));
  const goals = [...residents(target).values()].filter((goal) => !silent.has(goal.host));
  const lasting = new Set(goals.map((goal) => addressOf(goal.spec)).filter((address) => origins.has(address)));
  for (const [address, host] of lans(current, target, silent)) {
    origins.set(address, { name: 'the LAN', host });
    lasting.add(address);
  }
  const sources = new Map<string, Set<string>>();
  for (const { network, source, destination } of pairRules(current).values()) {
    addTo(sources, `${network} ${destination}`, source);
  }
  return { state: current, current, places: new Map(origins), origins, lasting, sources, inFlight: new Set() };
}

/** Networks that one host bridges, now and afterwards. */
function lans(current: FleetState, target: FleetState, silent: ReadonlySet<string>): [string, string][] {
  const names = new Set([...target.values()].flatMap(({ networks }) => [...networks.keys()]));
  return [...names].sort().flatMap((network): [string, string][] => {
    const [host, ...others] = bridges(current, network);
    const stays = host !== undefined && others.length === 0 && bridges(target, network).join(' ') === host;
    return stays && !silent.has(host) ? [[`${network} ${lanAddress}`, host]] : [];
  });
}

function place(world: World, edit: Edit): void {
  for (const { guest } of edit.removeGuests ?? []) {
    for (const [address, { name, host }] of world.places) {
      if (name === guest && host === edit.host) world.places.delete(address);
    }
  }
  for (const guest of edit.addGuests ?? []) world.places.set(addressOf(guest), { name: guest.name, host: edit.host });
  for (const rule of edit.setRules ?? []) {
    if (isPairRule(rule)) addTo(world.sources, `${rule.network} ${rule.destination}`, rule.source);
  }
}

/** Follows what one edit may have changed. */
function judge(world: World, before: FleetState, edit: Edit): Finding | null {
  const networks = new Set<string>();
  const gone = (edit.removeGuests ?? []).flatMap(({ guest }) => before.get(edit.host)?.guests.get(guest) ?? []);
  const destinations = new Set(gone.map(addressOf));
  for (const rule of [...(edit.setRules ?? []), ...(edit.removeRules ?? [])]) {
    const { network, source, destination } = rule;
    if (destination === 'group') networks.add(network);
    else if (isPairRule(rule)) {
      const found = judgePair(world, before, network, source, destination);
      if (found) return found;
    } else if (isAddress(destination)) destinations.add(`${network} ${destination}`);
    else {
      for (const address of addressesOn(world, network)) {
        const found = isAddress(source) ? judgePair(world, before, network, source, macOf(address)) : null;
        if (found) return found;
        destinations.add(address);
      }
    }
  }
  const unlinked = judgeUnlinked(world, before, edit);
  if (unlinked) return unlinked;
  for (const address of destinations) {
    const found = judgeDestination(world, before, edit.host, address);
    if (found) return found;
  }
  const ring = [...networks].find((network) => circulates(world.state, network) && !circulates(before, network));
  return ring === undefined ? null : { limit: 'loop', what: `broadcasts on network ${ring} would go round for ever` };
}

/** Follows what used a link of which an end is gone, from both its ends. */
function judgeUnlinked(world: World, before: FleetState, { host, removeLinks = [] }: Edit): Finding | null {
  for (const peer of removeLinks) {
    for (const [at, to] of [
      [host, peer],
      [peer, host],
    ] as const) {
      for (const rule of before.get(at)?.rules.values() ?? []) {
        if (!isPairRule(rule) || !rule.to.some((output) => output.kind === 'link' && output.peer === to)) continue;
        const found = judgePair(world, before, rule.network, rule.source, rule.destination);
        if (found) return found;
      }
      for (const address of world.places.keys()) {
        const found = judgeDestination(world, before, at, address);
        if (found) return found;
      }
    }
  }
  return null;
}

/** Frames for one VM that come through `host`: first as the star leads them from there, then source by source if that got worse. */
function judgeDestination(world: World, before: FleetState, host: string, address: string): Finding | null {
  const [network = '', destination = ''] = address.split(' ');
  const old = trace(before, network, host, 'any', destination);
  const now = trace(world.state, network, host, 'any', destination);
  if (old.kind === now.kind && old.hosts.join(' ') === now.hosts.join(' ')) return null;
  const worse = now.kind !== old.kind && !arrives(now, address);
  const everyone = addressesOn(world, network).map(macOf);
  for (const source of worse ? everyone : (world.sources.get(address) ?? [])) {
    const found = source === destination ? null : judgePair(world, before, network, source, destination);
    if (found) return found;
  }
  return null;
}

function judgePair(
  world: World,
  before: FleetState,
  network: string,
  source: string,
  destination: string,
): Finding | null {
  const from = `${network} ${source}`;
  const to = `${network} ${destination}`;
  const host = world.places.get(from)?.host;
  if (host === undefined || world.inFlight.has(from) || world.inFlight.has(to)) return null;
  return compare(world, from, to, () => trace(before, network, host, source, destination));
}

function compare(world: World, from: string, to: string, before: () => Trace): Finding | null {
  const [source, destination] = [world.places.get(from), world.places.get(to)];
  const [network = '', sourceMac = ''] = from.split(' ');
  const mac = macOf(to);
  if (!source || !destination) return null;
  const now = trace(world.state, network, source.host, sourceMac, mac);
  if (arrives(now, to, destination.name)) return null;
  const title = `${source.name} -> ${destination.name}`;
  const old = before();
  if (now.kind === 'loop' && old.kind !== 'loop')
    return { limit: 'loop', what: `frames of ${title} would go round ${now.hosts.join(', ')}` };
  const origin = world.origins.get(from);
  if (!arrives(old, to) || !origin || !world.lasting.has(from) || !world.lasting.has(to)) return null;
  const first = trace(world.current, network, origin.host, sourceMac, mac);
  if (!arrives(first, to, destination.name)) return null;
  return { limit: 'cut', what: `frames of ${title} would be lost at ${now.hosts.at(-1)}` };
}

/** Whether frames end at an address: at the VM of this name, or at any when none is given. */
function arrives(way: Trace, address: string, guest?: string): boolean {
  if (macOf(address) === lanAddress) return way.kind === 'lan';
  return way.kind === 'delivered' && (guest === undefined || way.guest === guest);
}

/** No network may have two ways to the LAN at once. */
function judgeBridges(start: FleetState, step: Step): Finding | null {
  const network = bridgedTwice(start, step);
  if (network === undefined) return null;
  return { limit: 'loop', what: `two hosts would bridge network ${network} to its LAN at once` };
}

/** When a VM has arrived, it must reach and be reached by whom it was before; frames of one that is new must not loop. */
function judgeArrivals(world: World, start: FleetState, step: Step): Finding | null {
  for (const mover of step.edits.flatMap((edit) => edit.addGuests ?? []).map(addressOf)) {
    const network = mover.split(' ')[0] ?? '';
    for (const other of addressesOn(world, network)) {
      if (other === mover) continue;
      for (const [from, to] of [
        [mover, other],
        [other, mover],
      ] as const) {
        const found = compare(world, from, to, () => startTrace(world, start, from, to));
        if (found) return found;
      }
    }
  }
  return null;
}

function startTrace(world: World, start: FleetState, from: string, to: string): Trace {
  const [network = '', source = ''] = from.split(' ');
  const name = world.places.get(from)?.name ?? '';
  const host = [...start].find(([, config]) => config.guests.has(name))?.[0] ?? '';
  return trace(start, network, host, source, macOf(to));
}

/** No VM that shall go on may be on no host, and none may be on two. */
function judgePlacement({ state, origins, lasting, places }: World, step: Step): Finding | null {
  for (const { guest } of step.edits.flatMap((edit) => edit.removeGuests ?? [])) {
    const lost = [...origins].some(([address, { name }]) => {
      return name === guest && lasting.has(address) && !places.has(address);
    });
    if (lost) return { limit: 'placement', what: `VM ${guest} would be on no host` };
  }
  for (const { name } of step.edits.flatMap((edit) => edit.addGuests ?? [])) {
    const hosts = [...state].filter(([, config]) => config.guests.has(name)).map(([host]) => host);
    if (hosts.length > 1) return { limit: 'placement', what: `VM ${name} would be on ${hosts.join(' and ')} at once` };
  }
  return null;
}

function refusal(step: Step, { limit, what }: Finding): Unsafe {
  const message =
    `step ${step.id} ("${step.title}"): ${what}. The plan was not applied. If a host is silent, wait for it or remove it from the ` +
    'inventory; otherwise this is a defect of the ordering: please report it with this plan.';
  return unsafe(limit, message);
}

const addressOf = (guest: GuestSpec) => `${guest.network} ${guest.mac}`;

const macOf = (address: string) => address.slice(address.indexOf(' ') + 1);

function addressesOn(world: World, network: string): string[] {
  return [...world.places.keys()].filter((address) => address.startsWith(`${network} `));
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}
