import fc from 'fast-check';
import type { Configuration, FastPath } from '../../reconciler/model/configuration.js';
import type { FleetState } from '../../reconciler/model/fleet-state.js';
import type { OrderInput } from '../../reconciler/plan/order.js';
import { type Fleet, type LinkEnds, realise } from '../../reconciler/plan/realise.js';
import { fits, type HostRoom } from '../../reconciler/plan/room.js';
import type { GuestSpec, NetworkAttachment } from '../../schema/generated/types.js';
import { type Draw, drawFrom, pick, shuffled } from './draw.js';

/** What the documents and the solver ask for at one moment. */
export interface Wish {
  /** Hosts of the inventory; all are connected. */
  hosts: string[];
  networks: NetworkAttachment[];
  vms: { name: string; spec: GuestSpec }[];
  configuration: Configuration;
}

/** Two moments in the life of one fleet. */
export interface FleetPair {
  before: Wish;
  after: Wish;
  /** Of every host that there ever is. */
  rooms: HostRoom[];
  current: FleetState;
  target: FleetState;
}

export interface FleetSize {
  seed: number;
  /** Hosts at first, 2 to 8. */
  hosts: number;
  /** VMs at first, 1 to 8. */
  vms: number;
}

/** Sizes of fleets, for property tests. */
export const fleetSizes: fc.Arbitrary<FleetSize> = fc.record({
  seed: fc.integer(),
  hosts: fc.integer({ min: 2, max: 8 }),
  vms: fc.integer({ min: 1, max: 8 }),
});

/**
 * Two random configurations of a fleet and the states in which they are realised. Between the two, VMs move, come, go and change
 * size, paths change, and now and then hosts join and leave, a network changes its Proxy, appears or disappears.
 */
export function fleetPair({ seed, hosts, vms }: FleetSize): FleetPair {
  const draw = drawFrom(seed);
  const rooms = Array.from({ length: hosts + 2 }, (_, index) => roomOf(draw, `host-${index + 1}`));
  const names = rooms.slice(0, hosts).map((room) => room.name);
  const networks = Array.from({ length: 1 + draw(2) }, (_, index) => networkOf(draw, index, names));
  const wanted = Array.from({ length: vms }, (_, index) => vmOf(draw, index, networks));
  const before = wishOf(draw, rooms, names, networks, wanted, new Map());
  const after = laterWish(draw, rooms, before);
  const current = realise(fleetOf(before, new Map()), before.configuration);
  const target = realise(fleetOf(after, current), after.configuration);
  return { before, after, rooms, current, target };
}

/** Input of `order` that goes from `current` to what `pair` ends with. */
export function orderInput(pair: FleetPair, current: FleetState = pair.current): OrderInput {
  return {
    current,
    target: current === pair.current ? pair.target : realise(fleetOf(pair.after, current), pair.after.configuration),
    hosts: pair.rooms.filter((room) => pair.after.hosts.includes(room.name)),
    silent: new Set(),
    linkEnds: anyLinkEnds,
    mayRun: () => true,
    admit: (_, schedules) => [...schedules],
  };
}

export function fleetOf(wish: Wish, current: FleetState): Fleet {
  const hosts = wish.hosts.map((name) => ({ name, presence: 'connected' as const }));
  return { hosts, networks: wish.networks, vms: wish.vms, current, linkEnds: anyLinkEnds };
}

/** Ends of a link between any two hosts, with addresses made from their names. */
export const anyLinkEnds: LinkEnds = (a, b) => ({
  a: { peer: b, type: 'udp', local: addressOf(a), remote: addressOf(b) },
  b: { peer: a, type: 'udp', local: addressOf(b), remote: addressOf(a) },
});

const addressOf = (host: string) => `10.0.0.${host.slice('host-'.length)}`;

function laterWish(draw: Draw, rooms: readonly HostRoom[], before: Wish): Wish {
  const hosts = before.hosts.filter(() => draw(12) > 0);
  const joining = rooms.map((room) => room.name).filter((name) => !before.hosts.includes(name) && draw(8) === 0);
  const names = [...(hosts.length > 0 ? hosts : before.hosts), ...joining];
  const networks = before.networks
    .filter((_, index) => index === 0 || draw(12) > 0)
    .map((network) => ({
      ...network,
      mtu: draw(10) === 0 ? 1400 : network.mtu,
      ...(draw(6) === 0 ? { lan: 'lan1' } : {}),
      ...(draw(4) === 0 ? { neighbours: [neighbour(9)] } : {}),
      proxy: names.includes(network.proxy) && draw(5) > 0 ? network.proxy : pick(draw, names),
    }));
  const known = new Set(networks.map((network) => network.name));
  const kept = before.vms.filter((vm) => known.has(vm.spec.network) && draw(8) > 0).map((vm) => laterVm(draw, vm));
  const added = Array.from({ length: draw(3) }, (_, index) => vmOf(draw, 20 + index, networks));
  const stay = draw(3) === 0 ? before.configuration.mapping : new Map<string, string>();
  return wishOf(draw, rooms, names, networks, [...kept, ...added], stay);
}

function laterVm(draw: Draw, vm: Wish['vms'][number]): Wish['vms'][number] {
  if (draw(10) === 0) return { ...vm, spec: { ...vm.spec, memoryMib: 256 * (1 + draw(4)) } };
  if (draw(20) === 0) return { ...vm, spec: { ...vm.spec, mac: vm.spec.mac.replace('02:', '06:') } };
  return vm;
}

function wishOf(
  draw: Draw,
  rooms: readonly HostRoom[],
  hosts: string[],
  networks: NetworkAttachment[],
  vms: Wish['vms'],
  stay: ReadonlyMap<string, string>,
): Wish {
  const mapping = new Map<string, string>();
  const filled: FleetState = new Map();
  const byName = new Map(rooms.map((room) => [room.name, room]));
  for (const { name, spec } of vms) {
    const free = hosts.filter((host) => fits(filled, byName, host, spec));
    const now = stay.get(name);
    const host = now !== undefined && free.includes(now) ? now : free.length > 0 ? pick(draw, free) : undefined;
    if (host === undefined) continue;
    mapping.set(name, host);
    const guests = new Map([...(filled.get(host)?.guests ?? []), [name, spec] as const]);
    filled.set(host, { networks: new Map(), links: new Map(), rules: new Map(), schedules: new Map(), guests });
  }
  const placed = vms.filter((vm) => mapping.has(vm.name));
  return { hosts, networks, vms: placed, configuration: { mapping, paths: pathsOf(draw, hosts, placed, mapping) } };
}

function pathsOf(
  draw: Draw,
  hosts: readonly string[],
  vms: Wish['vms'],
  mapping: ReadonlyMap<string, string>,
): FastPath[] {
  const paths: FastPath[] = [];
  for (const source of vms) {
    for (const destination of vms) {
      const from = mapping.get(source.name);
      const to = mapping.get(destination.name);
      if (source.spec.network !== destination.spec.network || !from || !to || from === to || draw(2) === 0) continue;
      const between = shuffled(draw, hosts).filter((host) => host !== from && host !== to);
      const path = [from, ...between.slice(0, draw(3)), to];
      paths.push({ source: source.name, destination: destination.name, hosts: path });
    }
  }
  return paths;
}

function roomOf(draw: Draw, name: string): HostRoom {
  return {
    name,
    computeCores: 2 + draw(8),
    memoryMib: 1024 * (1 + draw(4)),
    maxGuests: draw(2) === 0 ? null : 1 + draw(4),
  };
}

function networkOf(draw: Draw, index: number, hosts: readonly string[]): NetworkAttachment {
  return {
    name: `network-${index + 1}`,
    vni: 100 + index,
    mtu: 1450,
    proxy: pick(draw, hosts),
    ...(draw(2) === 0 ? { lan: 'lan0' } : {}),
    ...(draw(2) === 0 ? { neighbours: [neighbour(7)] } : {}),
  };
}

const neighbour = (last: number) => ({ address: `10.77.0.${last}`, mac: `02:00:00:00:00:0${last}` });

function vmOf(draw: Draw, index: number, networks: readonly NetworkAttachment[]): Wish['vms'][number] {
  const name = `vm-${index + 1}`;
  const mac = `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`;
  const size = { computeCores: 0.5 + draw(2) / 2, memoryMib: 256 * (1 + draw(4)) };
  return { name, spec: { name, network: pick(draw, networks).name, mac, driver: 'netns', ...size } };
}
