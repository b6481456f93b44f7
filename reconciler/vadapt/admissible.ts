import type { Problem } from '../model/problem.js';
import { adopt } from './engine/configuration.js';
import { emptyArrangement, settingOf } from './engine/setting.js';
import { isFeasible } from './host-room.js';

const tolerance = 1e-6;

/**
 * Whether a configuration keeps every hard constraint: room on hosts, groups, links that are possible, and constraint c. A demand that
 * no configuration has a path for, because a VM cannot leave a host without links, is no fault of this one.
 */
export function isAdmissible(
  problem: Problem,
  mapping: readonly number[],
  paths: readonly (readonly number[])[],
): boolean {
  if (!isFeasible(problem, mapping)) return false;
  const { arrangement } = emptyArrangement(settingOf(problem));
  const { graph } = arrangement;
  adopt(arrangement, { mapping, paths });
  if (arrangement.excess() > tolerance) return false;
  const isStranded = (vm: number) =>
    problem.vms[vm]?.allowed.every((host) => graph.firstLeaving[host] === graph.firstLeaving[host + 1]) ?? true;
  return problem.demands.every(({ source, destination }, demand) => {
    if (isStranded(source) || isStranded(destination)) return true;
    const hosts = paths[demand] ?? [];
    const joins = hosts[0] === mapping[source] && hosts.at(-1) === mapping[destination];
    return joins && arrangement.paths.lengths[demand] !== 0;
  });
}
