import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { at } from './at.js';
import type { Placement } from './placement.js';
import { manners, reroute } from './rerouting.js';
import { type Route, routeOver } from './route.js';

/** Share of neighbours that change the mapping; the seed wants it lower than that of paths. */
const mappingShare = 0.3;
/** Of changes to a path: those of the seed, against routing the demand anew. */
const seedPathShare = 0.5;

/** Turns a placement into a random neighbour; false, and nothing changed, if the one drawn is not possible. */
export function perturb(placement: Placement, random: RandomGenerator): boolean {
  const isChanged =
    uniformFloat64(random) < mappingShare ? perturbMapping(placement, random) : perturbRoute(placement, random);
  if (!isChanged) placement.undo();
  return isChanged;
}

/** Moves a VM to an allowed host, or swaps it with one there if that host is full; paths follow. */
function perturbMapping(placement: Placement, random: RandomGenerator): boolean {
  const vm = uniformInt(random, 0, placement.overlay.problem.vms.length - 1);
  const host = pick(at(placement.overlay.problem.vms, vm).allowed, random);
  if (host === placement.hostOf(vm)) return false;
  const guests = placement.room.guestsOf(host);
  const partner = placement.room.fits(vm, host) || guests.length === 0 ? null : pick(guests, random);
  const former = placement.move(vm, host, partner);
  if (former === null) return false;
  reroute(placement, former, pick(manners, random));
  return true;
}

/**
 * Changes the path of a random demand. The seed does so to every path at once; one at a time lets large configurations
 * settle. As often as by the seed's perturbation, the demand is routed anew.
 */
function perturbRoute(placement: Placement, random: RandomGenerator): boolean {
  const { overlay, traffic } = placement;
  const demand = uniformInt(random, 0, overlay.problem.demands.length - 1);
  const old = placement.takeOff(demand);
  if (old.hosts.length < 2) return false;
  if (uniformFloat64(random) >= seedPathShare) {
    reroute(placement, new Map([[demand, old]]), pick(manners, random));
    return !isSame(traffic.routeOf(demand), old);
  }
  const hosts = perturbPath(old.hosts, overlay.problem.hosts.length, random);
  if (hosts === null) return false;
  const route = routeOver(overlay, hosts);
  const { rateMbps } = at(overlay.problem.demands, demand);
  if (!route.connected || !traffic.budget.permits(route, rateMbps)) return false;
  traffic.set(demand, route);
  return true;
}

/**
 * The seed's perturbation of a path: with probability 1/3 each, inserts a random host that is not on it, deletes an inner host,
 * or swaps two inner hosts. Null if the path is too short, or the host drawn is on it.
 */
export function perturbPath(path: readonly number[], hosts: number, random: RandomGenerator): number[] | null {
  const inner = path.length - 2;
  const innerPlace = () => uniformInt(random, 1, inner);
  const kind = uniformInt(random, 0, 2);
  if (kind === 0) {
    const host = uniformInt(random, 0, hosts - 1);
    return path.includes(host) ? null : path.toSpliced(uniformInt(random, 1, path.length - 1), 0, host);
  }
  if (inner < kind) return null;
  if (kind === 1) return path.toSpliced(innerPlace(), 1);
  const [x, y] = [innerPlace(), innerPlace()];
  return x === y ? null : path.with(x, at(path, y)).with(y, at(path, x));
}

function isSame(a: Route, b: Route): boolean {
  return a.hosts.length === b.hosts.length && a.hosts.every((host, place) => host === b.hosts[place]);
}

function pick<T>(list: readonly T[], random: RandomGenerator): T {
  return at(list, uniformInt(random, 0, list.length - 1));
}
