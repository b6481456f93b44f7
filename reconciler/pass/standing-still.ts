import { type Configuration, starPath } from '../model/configuration.js';
import type { Problem } from '../model/problem.js';
import type { Snapshot, SnapshotHost } from '../model/snapshot.js';
import { resourcesOfPath, type Underlay } from '../model/underlay.js';
import type { Still } from '../plan/keep-still.js';
import { suspendedIn } from './suspended.js';

/** What no plan changes, and what it takes of the network. */
export interface StandingStill extends Still {
  /** Demands whose way is not decided: hosts on it, and what it carries. */
  routed: readonly { source: string; destination: string; hosts: readonly string[]; rateMbps: number }[];
  /** VMs at the end of a fast path that stays: they stay, too. */
  ends: ReadonlySet<string>;
}

/** What is suspended takes its frames' ways with it: those on a suspended network, and those over a suspended host. */
export function standingStill(snapshot: Snapshot, running: Configuration): StandingStill {
  const { hosts, networks } = suspendedIn(snapshot);
  const vms = new Map(snapshot.vms.map((vm) => [vm.name, vm]));
  const proxies = new Map(snapshot.networks.map(({ name, proxy }) => [name, proxy]));
  const isStill = (source: string, way: readonly string[]) =>
    networks.has(vms.get(source)?.spec.network ?? '') || way.some((host) => hosts.has(host));
  const paths = running.paths.filter((path) => isStill(path.source, path.hosts));
  const fast = new Map(running.paths.map((path) => [`${path.source} ${path.destination}`, path.hosts]));
  const routed = snapshot.demands.flatMap(({ source, destination, rateMbps }) => {
    const [from, to] = [vms.get(source), vms.get(destination)];
    if (!from || !to || from.host === null || to.host === null) return [];
    const star = starPath(from.host, to.host, proxies.get(from.spec.network) ?? '');
    const way = fast.get(`${source} ${destination}`) ?? star;
    return isStill(source, way) ? [{ source, destination, hosts: way, rateMbps }] : [];
  });
  return { networks, paths, routed, ends: new Set(paths.flatMap(({ source, destination }) => [source, destination])) };
}

/** The picture without the demands whose way is not decided. */
export function withoutRouted(snapshot: Snapshot, { routed }: StandingStill): Snapshot {
  if (routed.length === 0) return snapshot;
  const names = new Set(routed.map(({ source, destination }) => `${source} ${destination}`));
  const demands = snapshot.demands.filter(({ source, destination }) => !names.has(`${source} ${destination}`));
  return { ...snapshot, demands };
}

/** The network without what these demands take of it. */
export function lessRoom(
  underlay: Underlay,
  hosts: readonly Pick<SnapshotHost, 'name'>[],
  { routed }: StandingStill,
): Underlay {
  if (routed.length === 0) return underlay;
  const places = new Map(hosts.map(({ name }, place) => [name, place]));
  const ofPath = resourcesOfPath(underlay);
  const taken = new Float64Array(underlay.resources.length);
  for (const { hosts: way, rateMbps } of routed) {
    const found = way.map((host) => places.get(host));
    if (!found.every((place) => place !== undefined)) continue;
    for (const resource of ofPath(found) ?? []) taken[resource] = (taken[resource] ?? 0) + rateMbps;
  }
  const resources = underlay.resources.map((resource, place) => ({
    ...resource,
    capacityMbps: Math.max(0, resource.capacityMbps - (taken[place] ?? 0)),
  }));
  return { ...underlay, resources };
}

/** The problem with VMs kept where fast paths that stay end. */
export function fastened(problem: Problem, { ends }: StandingStill): Problem {
  if (ends.size === 0) return problem;
  const vms = problem.vms.map((vm) =>
    ends.has(vm.name) && vm.current !== null ? { ...vm, allowed: [vm.current] } : vm,
  );
  return { ...problem, vms };
}
