import type { Problem, ProblemScore } from '../model/problem.js';
import { at } from './at.js';
import { roomTolerance } from './host-room.js';
import { edgeCapacityMbps, type Overlay } from './overlay.js';
import { allWidths } from './widest-path.js';

/**
 * What no configuration can be better than. Alone on the unloaded graph, a demand finds at most the widest path between the
 * hosts that its VMs may use: beyond that it is unmet, and its own rate must be taken off what remains.
 */
export function boundOf(overlay: Overlay): ProblemScore {
  const { demands, edges, objective } = overlay.problem;
  const widest = demands.length === 0 ? [] : widestByDemand(overlay);
  let unmetMbps = 0;
  let pathLevel = 0;
  demands.forEach(({ rateMbps }, demand) => {
    unmetMbps += Math.max(0, rateMbps - at(widest, demand));
    pathLevel += Math.max(0, at(widest, demand) - rateMbps);
  });
  if (objective.goal === 'minimise') return { unmetMbps, objectiveMbps: 0 };
  if (objective.level === 'path') return { unmetMbps, objectiveMbps: pathLevel };
  const edgeLevel = edges.reduce((sum, edge) => sum + edgeCapacityMbps(overlay, edge), 0);
  return { unmetMbps, objectiveMbps: demands.length === 0 ? 0 : edgeLevel };
}

/** For each demand, the width in Mb/s of the widest path that any placement of its two VMs can give it; 0 if none. */
function widestByDemand(overlay: Overlay): number[] {
  const { problem, capacityMbps } = overlay;
  const widths = allWidths(overlay);
  return problem.demands.map(({ source, destination }) => {
    let widest = 0;
    for (const from of at(problem.vms, source).allowed) {
      for (const to of at(problem.vms, destination).allowed) {
        if (from !== to) widest = Math.max(widest, at(widths, from)[to] as number);
        else if (areHeldTogether(problem, source, destination, from))
          widest = Math.max(widest, capacityMbps[at(problem.hosts, from).internal] as number);
      }
    }
    return widest;
  });
}

function areHeldTogether({ hosts, vms }: Problem, a: number, b: number, host: number): boolean {
  if (a === b) return true;
  const [first, second, { computeCores, memoryMib, maxGuests }] = [at(vms, a), at(vms, b), at(hosts, host)];
  return (
    first.computeCores + second.computeCores <= computeCores + roomTolerance &&
    first.memoryMib + second.memoryMib <= memoryMib + roomTolerance &&
    (maxGuests === null || maxGuests >= 2)
  );
}
