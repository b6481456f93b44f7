import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { at } from './at.js';
import type { Placement } from './placement.js';
import { manners, reroute } from './rerouting.js';
import { type Route, routeOver } from './route.js';

/** Share of neighbours that change the mapping; the seed wants it lower than that of paths. */
const mappingShare = 0.4;
/** Guests that one move may push aside. */
const longestChain = 4;
/** Of changes to a path: those of the seed, against routing the demand anew. */
const seedPathShare = 0.7;

/** Turns a placement into a random neighbour; false, and nothing changed, if the one drawn is not possible. */
export function perturb(placement: Placement, random: RandomGenerator): boolean {
  const isChanged =
    uniformFloat64(random) < mappingShare ? perturbMapping(placement, random) : perturbRoute(placement, random);
  if (!isChanged) placement.undo();
  return isChanged;
}

/**
 * Moves a VM to an allowed host. Where it does not fit, guests make room: they go to where it came from, or where they fit, or
 * make room for themselves in turn. Paths follow.
 */
function perturbMapping(placement: Placement, random: RandomGenerator): boolean {
  const { vms } = placement.overlay.problem;
  const first = uniformInt(random, 0, vms.length - 1);
  const from = placement.hostOf(first);
  const target = pick(at(vms, first).allowed, random);
  if (target === from) return false;
  const former = new Map<number, Route>();
  const settled = new Set<number>();
  const homeless = [{ vm: first, host: target }];
  placement.evict(first, former);
  let evictions = 0;
  for (let next = homeless.pop(); next !== undefined; next = homeless.pop()) {
    while (!placement.room.fits(next.vm, next.host)) {
      const guests = placement.room.guestsOf(next.host).filter((guest) => !settled.has(guest));
      if (guests.length === 0 || ++evictions > longestChain) return false;
      const vm = pick(guests, random);
      placement.evict(vm, former);
      homeless.unshift({ vm, host: placement.room.fits(vm, from) ? from : refuge(placement, vm, random) });
    }
    placement.settle(next.vm, next.host);
    settled.add(next.vm);
  }
  reroute(placement, former, pick(manners, random));
  return true;
}

/** A random allowed host, with room if there is one. */
function refuge({ overlay, room }: Placement, vm: number, random: RandomGenerator): number {
  const { allowed } = at(overlay.problem.vms, vm);
  const roomy = allowed.filter((host) => room.fits(vm, host));
  return pick(roomy.length > 0 ? roomy : allowed, random);
}

/**
 * Changes the path of a random demand. The seed does so to every path at once; one at a time lets large configurations
 * settle. At times the demand is routed anew instead.
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
