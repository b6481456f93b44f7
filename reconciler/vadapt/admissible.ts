import type { Problem } from '../model/problem.js';
import { at } from './at.js';
import { FastPathBudget } from './fast-path-budget.js';
import { isFeasible } from './host-room.js';
import { edgeBetween, type Overlay, overlayOf } from './overlay.js';
import { routeOver } from './route.js';

/**
 * Whether a configuration keeps every hard constraint: room on hosts, links that are possible, and constraint c. A demand that no
 * configuration has a path for, because a VM cannot leave a host without links, is no fault of this one.
 */
export function isAdmissible(
  problem: Problem,
  mapping: readonly number[],
  paths: readonly (readonly number[])[],
): boolean {
  if (!isFeasible(problem, mapping)) return false;
  const overlay = overlayOf(problem);
  const budget = new FastPathBudget(problem);
  const isStranded = (vm: number) =>
    at(problem.vms, vm).allowed.every((host) => at(overlay.leaving, host).length === 0);
  return problem.demands.every((demand, place) => {
    if (isStranded(demand.source) || isStranded(demand.destination)) return true;
    const hosts = paths[place] ?? [];
    const joins = hosts[0] === mapping[demand.source] && hosts.at(-1) === mapping[demand.destination];
    if (!joins || !isPossible(overlay, hosts)) return false;
    const route = routeOver(overlay, hosts);
    if (!budget.permits(route, demand.rateMbps)) return false;
    budget.take(route, demand.rateMbps);
    return true;
  });
}

function isPossible(overlay: Overlay, hosts: readonly number[]): boolean {
  return hosts.every((host, hop) => hop === 0 || edgeBetween(overlay, hosts[hop - 1] ?? -1, host) !== undefined);
}
