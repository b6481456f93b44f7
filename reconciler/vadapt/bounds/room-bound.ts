import type { Setting } from '../engine/setting.js';
import { mostAssigned } from './assignment-bound.js';
import { HostCuts, mayShare } from './host-cuts.js';

export interface RoomBound {
  unmetMbps: number;
  /** Of the sum of residual bottlenecks (eq. 2). */
  roomMbps: number;
}

/** Work that the assignment of VMs to hosts may take. */
const mostAssignmentWork = 5e7;

/**
 * What demands have at most, and leave unmet at least, whatever the configuration: each one alone on the unloaded graph, with its VMs
 * where that is widest; and VM by VM, what the links of a host carry of all its demands, with VMs on hosts that take so many. In the
 * second, a demand counts by half at either end.
 */
export function roomBound(setting: Setting): RoomBound {
  const alone = aloneBound(setting);
  const { graph } = setting;
  const { vms } = graph.problem;
  const cuts = new HostCuts(graph, setting.widths());
  const rooms = vms.map(({ allowed }) => new Map(allowed.map((host) => [host, 0])));
  const sums = { out: 0, in: 0, unmetOut: 0, unmetIn: 0 };
  vms.forEach(({ allowed }, vm) => {
    const most = { out: 0, in: 0 };
    const least = { out: Number.POSITIVE_INFINITY, in: Number.POSITIVE_INFINITY };
    for (const host of allowed) {
      const [out, into] = [cuts.cut(vm, host, 'out'), cuts.cut(vm, host, 'in')];
      rooms[vm]?.set(host, (out.roomMbps + into.roomMbps) / 2);
      most.out = Math.max(most.out, out.roomMbps);
      most.in = Math.max(most.in, into.roomMbps);
      least.out = Math.min(least.out, out.unmetMbps);
      least.in = Math.min(least.in, into.unmetMbps);
    }
    sums.out += most.out;
    sums.in += most.in;
    sums.unmetOut += allowed.length === 0 ? 0 : least.out;
    sums.unmetIn += allowed.length === 0 ? 0 : least.in;
  });
  const toThemselves = alone.toThemselvesMbps;
  const byCuts = Math.min(sums.out, sums.in, assigned(setting, rooms)) + toThemselves;
  return {
    unmetMbps: Math.max(alone.unmetMbps, sums.unmetOut, sums.unmetIn),
    roomMbps: Math.min(alone.roomMbps, byCuts),
  };
}

/** The most that VMs have in all on hosts that take only so many. */
function assigned({ graph }: Setting, rooms: readonly ReadonlyMap<number, number>[]): number {
  const { vms, hosts } = graph.problem;
  const each = rooms.reduce((sum, room) => sum + Math.max(0, ...room.values()), 0);
  const least = (of: 'computeCores' | 'memoryMib') =>
    vms.reduce((a, vm) => Math.min(a, vm[of]), Number.POSITIVE_INFINITY);
  const [cores, mib] = [least('computeCores'), least('memoryMib')];
  const places = hosts.flatMap(({ computeCores, memoryMib, maxGuests }, host) => {
    const byCores = cores > 0 ? Math.floor((computeCores + 1e-6) / cores) : vms.length;
    const byMib = mib > 0 ? Math.floor((memoryMib + 1e-6) / mib) : vms.length;
    return new Array<number>(Math.max(0, Math.min(maxGuests ?? vms.length, byCores, byMib, vms.length))).fill(host);
  });
  if (vms.length ** 2 * places.length > mostAssignmentWork) return each;
  const worth = (vm: number, place: number) => rooms[vm]?.get(places[place] as number) ?? Number.NEGATIVE_INFINITY;
  return Math.min(each, mostAssigned(vms.length, places.length, worth));
}

/** Each demand on the widest path between any hosts that its VMs may use. */
function aloneBound(setting: Setting): RoomBound & { toThemselvesMbps: number } {
  const { graph } = setting;
  const bound = { unmetMbps: 0, roomMbps: 0, toThemselvesMbps: 0 };
  graph.problem.demands.forEach(({ source, destination, rateMbps }) => {
    const width = widestBetween(setting, source, destination);
    bound.unmetMbps += Math.max(0, rateMbps - width);
    bound.roomMbps += Math.max(0, width - rateMbps);
    if (source === destination) bound.toThemselvesMbps += Math.max(0, width - rateMbps);
  });
  return bound;
}

function widestBetween({ graph, widths }: Setting, source: number, destination: number): number {
  const { problem, hosts } = graph;
  const [from, to] = [problem.vms[source]?.allowed ?? [], problem.vms[destination]?.allowed ?? []];
  const width = widths();
  let widest = 0;
  for (const a of from) {
    for (const b of source === destination ? [a] : to) {
      const between = width[a * hosts + b] as number;
      if (between > widest && (a !== b || source === destination || mayShare(problem, source, destination, a)))
        widest = between;
    }
  }
  return widest;
}
