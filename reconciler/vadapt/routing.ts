import { at } from './at.js';
import { fastPathLink, type Overlay } from './overlay.js';
import { type Route, routeOver } from './route.js';
import { Traffic } from './traffic.js';
import { widestPath } from './widest-path.js';

/** The star's route of a demand: over the Proxy of its VMs' network. Always permitted. */
export function starRoute(overlay: Overlay, demand: number, from: number, to: number): Route {
  const { vms, demands } = overlay.problem;
  const { proxy } = at(vms, at(demands, demand).source);
  if (from === to) return routeOver(overlay, [from]);
  return routeOver(overlay, from === proxy || to === proxy ? [from, to] : [from, proxy, to]);
}

/** The route that leaves the widest bottleneck among those constraint c permits; of equals, the one with the fewest hops. */
export function widestRoute(traffic: Traffic, demand: number, from: number, to: number): Route {
  const { overlay, budget } = traffic;
  const star = starRoute(overlay, demand, from, to);
  if (from === to) return star;
  const { rateMbps } = at(overlay.problem.demands, demand);
  const everywhere = widestOver(traffic, from, to, () => true);
  const candidates = [star];
  if (everywhere !== null) {
    candidates.push(routeOver(overlay, [from, to]), everywhere);
    if (!budget.permits(everywhere, rateMbps)) {
      const established = widestOver(traffic, from, to, (edge) => isStarOrEstablished(traffic, edge));
      const starOnly = widestOver(traffic, from, to, (edge) => linkOf(overlay, edge) < 0);
      for (const route of [established, starOnly]) if (route !== null) candidates.push(route);
    }
  }
  return widestOf(
    traffic,
    rateMbps,
    candidates.filter((route) => route.connected && budget.permits(route, rateMbps)),
    star,
  );
}

function widestOf(traffic: Traffic, rateMbps: number, routes: readonly Route[], otherwise: Route): Route {
  let best = otherwise;
  let bestMbps = traffic.bottleneckWithMbps(best, rateMbps);
  for (const route of routes) {
    const widthMbps = traffic.bottleneckWithMbps(route, rateMbps);
    if (widthMbps > bestMbps || (widthMbps === bestMbps && route.hosts.length < best.hosts.length)) {
      best = route;
      bestMbps = widthMbps;
    }
  }
  return best;
}

function widestOver(traffic: Traffic, from: number, to: number, isUsable: (edge: number) => boolean): Route | null {
  const path = widestPath(traffic.overlay, from, to, (edge) => traffic.edgeResidualMbps(edge), isUsable);
  return path && routeOver(traffic.overlay, path);
}

function linkOf(overlay: Overlay, edge: number): number {
  const { from, to } = at(overlay.problem.edges, edge);
  return fastPathLink(overlay, from, to);
}

function isStarOrEstablished(traffic: Traffic, edge: number): boolean {
  const link = linkOf(traffic.overlay, edge);
  return link < 0 || traffic.budget.isEstablished(link);
}

/**
 * Greedy routing of the seed: demands in descending order, each on its widest path over what the earlier ones left, without
 * backtracking. Under constraint c, links are established in the order of the intensity between hosts that the mapping
 * implies, until c is exhausted; what comes later rides the star or links that are there already.
 */
export function routeGreedily(overlay: Overlay, mapping: readonly number[]): Traffic {
  const traffic = new Traffic(overlay);
  for (const demand of routingOrder(overlay, mapping)) {
    const { source, destination } = at(overlay.problem.demands, demand);
    traffic.set(demand, widestRoute(traffic, demand, at(mapping, source), at(mapping, destination)));
  }
  return traffic;
}

function routingOrder(overlay: Overlay, mapping: readonly number[]): number[] {
  const { demands, fastPath, hosts } = overlay.problem;
  const pairOf = demands.map(({ source, destination }) => {
    const [a, b] = [at(mapping, source), at(mapping, destination)];
    return Math.min(a, b) * hosts.length + Math.max(a, b);
  });
  const implied = new Map<number, number>();
  demands.forEach(({ rateMbps }, demand) => {
    const pair = at(pairOf, demand);
    implied.set(pair, (implied.get(pair) ?? 0) + rateMbps);
  });
  const impliedMbps = (demand: number) => (fastPath === null ? 0 : (implied.get(at(pairOf, demand)) ?? 0));
  const rate = (demand: number) => at(demands, demand).rateMbps;
  return demands
    .map((_, demand) => demand)
    .sort((a, b) => impliedMbps(b) - impliedMbps(a) || rate(b) - rate(a) || a - b);
}
