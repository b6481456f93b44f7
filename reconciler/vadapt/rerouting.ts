import { at } from './at.js';
import type { Placement } from './placement.js';
import { type Route, routeOver } from './route.js';
import { starRoute, widestRoute } from './routing.js';

/** How demands get a route after their VMs moved. */
export type Manner = (placement: Placement, demand: number, former: Route) => Route;

/** Only the ends move: inner hosts stay, unless an end has come to be one of them. */
export const following: Manner = (placement, demand, former) => {
  const [from, to] = placement.endsOf(demand);
  const inner = former.hosts.slice(1, -1).filter((host) => host !== from && host !== to);
  return routeOver(placement.overlay, from === to ? [from] : [from, ...inner, to]);
};

export const direct: Manner = (placement, demand) => {
  const [from, to] = placement.endsOf(demand);
  return routeOver(placement.overlay, from === to ? [from] : [from, to]);
};

export const widest: Manner = (placement, demand) =>
  widestRoute(placement.traffic, demand, ...placement.endsOf(demand));

export const star: Manner = (placement, demand) => starRoute(placement.overlay, demand, ...placement.endsOf(demand));

/** What a perturbation draws from; the widest path is tried most often. */
export const manners: readonly Manner[] = [widest, widest, direct, following, star];

/** Gives each demand of `former`, which have no route, one in the manner given, or the star's where that is not permitted. */
export function reroute(placement: Placement, former: ReadonlyMap<number, Route>, manner: Manner): void {
  const { demands } = placement.overlay.problem;
  const heaviestFirst = [...former].sort(([a], [b]) => at(demands, b).rateMbps - at(demands, a).rateMbps || a - b);
  for (const [demand, old] of heaviestFirst) {
    const route = manner(placement, demand, old);
    const isPermitted = route.connected && placement.traffic.budget.permits(route, at(demands, demand).rateMbps);
    placement.traffic.set(demand, isPermitted ? route : star(placement, demand, old));
  }
}
