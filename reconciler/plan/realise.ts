import type { GuestSpec, LinkEnd, NetworkAttachment, Rule, VmSchedule } from '../../schema/generated/types.js';
import { type Configuration, type FastPath, starPath } from '../model/configuration.js';
import { emptyHost, type FleetState, type HostConfig, ruleName } from '../model/fleet-state.js';
import type { SnapshotHost } from '../model/snapshot.js';
import { isStill, keepStill, type Still } from './keep-still.js';
import { type Resident, residentsOf } from './residents.js';
import { starRules, withLinks } from './star.js';

/**
 * Both ends of a possible link; null when the two hosts share no underlay, when one is not in the inventory, or when one cannot set
 * up links of the type that the path asks for.
 */
export type LinkEnds = (a: string, b: string) => { a: LinkEnd; b: LinkEnd } | null;

/** What a configuration is realised on. */
export interface Fleet {
  /** Hosts of the inventory. Those in `current` that are not listed shall leave: they end up empty. */
  hosts: readonly Pick<SnapshotHost, 'name' | 'presence'>[];
  networks: readonly NetworkAttachment[];
  vms: readonly { name: string; spec: GuestSpec }[];
  current: FleetState;
  linkEnds: LinkEnds;
  /** Schedules of the VMs that the configuration has on each connected host; a host that is left out has none. */
  schedules?: ReadonlyMap<string, readonly VmSchedule[]>;
  /** What stays as it is in `current`; left out: nothing. */
  still?: Still;
}

/**
 * The state in which the fleet runs `configuration`: the star of every network over all connected hosts, guests where the mapping
 * has them, and links and rules of the fast paths.
 *
 * A host that is not connected stays exactly as it was last known, and so do other hosts' link ends towards it. No path is led
 * over it (such a path is left to the star). The Proxy still sends it the frames of VMs that were last seen there, and copies group
 * frames to it only if it answers to this very Proxy, since two stars joined at a host are a loop. For the same reason the Proxy
 * bridges to the LAN only if no host that is not connected may still do so.
 *
 * A host that can have no link to a Proxy is left out of that star, and no path is led over a link that is not possible.
 */
export function realise(fleet: Fleet, configuration: Configuration): FleetState {
  const state: FleetState = new Map([...fleet.current.keys()].map((name) => [name, emptyHost()]));
  const silent = new Set<string>();
  const connected: string[] = [];
  for (const { name, presence } of fleet.hosts) {
    const known = fleet.current.get(name);
    if (presence === 'connected') connected.push(name);
    else silent.add(name);
    if (presence === 'connected') state.set(name, emptyHost());
    else if (known) state.set(name, known);
  }
  for (const name of connected) {
    for (const [peer, end] of fleet.current.get(name)?.links ?? []) {
      if (silent.has(peer)) configOf(state, name).links.set(peer, end);
    }
  }
  for (const name of connected)
    for (const schedule of fleet.schedules?.get(name) ?? []) configOf(state, name).schedules.set(schedule.vm, schedule);
  const placed = placedVms(fleet, configuration);
  for (const { name, host, spec } of placed.values()) {
    if (!silent.has(host)) configOf(state, host).guests.set(name, spec);
  }
  const ground: Ground = { fleet, state, silent, connected, placed };
  for (const network of fleet.networks) if (!fleet.still?.networks.has(network.name)) addStar(ground, network);
  for (const path of configuration.paths) if (!isStill(fleet.still, path)) addFastPath(ground, path);
  if (fleet.still) keepStill(state, fleet.current, connected, fleet.still);
  return state;
}

interface Ground {
  fleet: Fleet;
  /** Under construction. */
  state: FleetState;
  /** Hosts of the inventory that are not connected. */
  silent: ReadonlySet<string>;
  connected: readonly string[];
  placed: ReadonlyMap<string, Resident>;
}

function addStar(ground: Ground, network: NetworkAttachment): void {
  const { state, silent, connected } = ground;
  const { name, proxy } = network;
  for (const host of connected) if (host !== proxy && !silent.has(proxy)) join(ground, host, proxy);
  const answering = [...silent].filter((host) => answersTo(state.get(host) ?? emptyHost(), name, proxy));
  const star = {
    network: name,
    proxy,
    members: [...connected, ...answering],
    residents: residentsOf(ground.placed, name),
    lan: network.lan !== undefined && !isBridged(ground, name),
  };
  const { lan: _lan, ...withoutLan } = network;
  for (const host of connected) {
    const config = configOf(state, host);
    config.networks.set(name, star.lan && host === proxy ? network : withoutLan);
    for (const rule of withLinks(starRules(star, host), config.links)) config.rules.set(ruleName(rule), rule);
  }
}

/** Whether some host that cannot be told anything may bridge the network to a LAN. */
function isBridged({ state, silent }: Ground, network: string): boolean {
  return [...silent].some((host) => state.get(host)?.networks.get(network)?.lan !== undefined);
}

/** Whether a host's group frames of the network go to this Proxy and nowhere else. */
function answersTo(config: HostConfig, network: string, proxy: string): boolean {
  const group = config.rules.get(ruleName({ network, source: 'any', destination: 'group' }));
  const peers = group?.to.flatMap((output) => (output.kind === 'link' ? [output.peer] : [])) ?? [];
  return peers.length === 1 && peers[0] === proxy;
}

function addFastPath(ground: Ground, path: FastPath): void {
  const { fleet, state, silent, placed } = ground;
  const source = placed.get(path.source);
  const destination = placed.get(path.destination);
  const network = fleet.networks.find((each) => each.name === source?.spec.network);
  if (!source || !destination || !network || path.hosts.some((host) => silent.has(host))) return;
  if (path.hosts[0] !== source.host || path.hosts.at(-1) !== destination.host) {
    throw new Error(`the path of ${path.source} -> ${path.destination} does not join the hosts they are mapped to`);
  }
  if (path.hosts.join(' ') === starPath(source.host, destination.host, network.proxy).join(' ')) return;
  const hops = path.hosts.slice(1).map((next, index): [string, string] => [path.hosts[index] ?? '', next]);
  if (!hops.every(([at, next]) => fleet.linkEnds(at, next))) return;
  hops.forEach(([at, next]) => {
    const rule = pathRule(network.name, source.spec.mac, destination.spec.mac, next);
    join(ground, at, next);
    configOf(state, at).rules.set(ruleName(rule), rule);
  });
}

/** One hop of a fast path. */
export function pathRule(network: string, source: string, destination: string, peer: string): Rule {
  return { network, source, destination, to: [{ kind: 'link', peer }] };
}

/** Gives two hosts a link, if one is possible. */
function join({ fleet, state }: Ground, a: string, b: string): void {
  const ends = fleet.linkEnds(a, b);
  if (!ends) return;
  configOf(state, a).links.set(b, ends.a);
  configOf(state, b).links.set(a, ends.b);
}

function placedVms(fleet: Fleet, configuration: Configuration): Map<string, Resident> {
  const placed = new Map<string, Resident>();
  for (const { name, spec } of [...fleet.vms].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const host = configuration.mapping.get(name);
    if (host !== undefined) placed.set(name, { name, host, spec });
  }
  return placed;
}

function configOf(state: FleetState, host: string): HostConfig {
  const config = state.get(host);
  if (!config) throw new Error(`host ${host} is not part of the fleet`);
  return config;
}
