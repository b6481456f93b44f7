import type { Graph } from '../engine/graph.js';
import { roomTolerance } from '../host-room.js';

/** What the demands of one VM in one direction can have on a host, all together. */
export interface Cut {
  /** Residual capacities at most, added up. */
  roomMbps: number;
  /** Demand that is unmet at least. */
  unmetMbps: number;
}

type Direction = 'out' | 'in';

/** What the links of a host carry away or bring, sorted once. */
interface Side {
  /** Capacities of its links, the widest first. */
  links: number[];
  totalMbps: number;
  /** Capacity of a resource that all its links use. */
  commonMbps: number;
  /** The widest path of any that begins, or ends, there. */
  widestMbps: number;
}

/** Cuts around hosts: whatever paths the demands of a VM take, they begin or end with a link of its host, or stay inside. */
export class HostCuts {
  readonly #graph: Graph;
  readonly #sides: Record<Direction, Side[]>;
  /** By direction, then VM: rates of its demands, ascending; those to itself left out. */
  readonly #rates: Record<Direction, number[][]>;

  /** @param widths of widest paths on the unloaded graph, by `from * hosts + to` */
  constructor(graph: Graph, widths: Float64Array) {
    this.#graph = graph;
    this.#sides = { out: sidesOf(graph, widths, 'out'), in: sidesOf(graph, widths, 'in') };
    this.#rates = { out: ratesOf(graph, graph.source), in: ratesOf(graph, graph.destination) };
  }

  cut(vm: number, host: number, direction: Direction): Cut {
    const rates = this.#rates[direction][vm] as number[];
    if (rates.length === 0) return { roomMbps: 0, unmetMbps: 0 };
    const side = this.#sides[direction][host] as Side;
    const inside = this.#insideMbps(vm, host);
    const all = rates.reduce((a, b) => a + b, 0);
    const mayLeave = Math.min(side.totalMbps, side.commonMbps);
    const widest = Math.max(side.widestMbps, inside);
    const ends = [inside, ...side.links.slice(0, rates.length)].sort((a, b) => b - a);
    const slots = slotsOf(ends, rates.length, rates[0] as number);
    let room = 0;
    rates.forEach((rate, place) => {
      room += Math.max(0, Math.min(slots[place] ?? 0, widest) - rate);
    });
    if (inside === 0) room = Math.min(room, rates.length * Math.max(0, side.commonMbps - all));
    return { roomMbps: room, unmetMbps: Math.max(0, all - mayLeave - inside) };
  }

  /** What a host carries inside between a VM and others that it exchanges with; 0 if none fits beside it. */
  #insideMbps(vm: number, host: number): number {
    const { problem, firstDemand, demandsOfVm, source, destination, edgeAt, hosts, edgeCapacityMbps } = this.#graph;
    for (let place = firstDemand[vm] as number; place < (firstDemand[vm + 1] as number); place++) {
      const demand = demandsOfVm[place] as number;
      const other = (source[demand] === vm ? destination : source)[demand] as number;
      if (other !== vm && mayShare(problem, vm, other, host))
        return edgeCapacityMbps[edgeAt[host * hosts + host] as number] as number;
    }
    return 0;
  }
}

/** Whether two VMs fit on a host together. */
export function mayShare({ hosts, vms }: Graph['problem'], a: number, b: number, host: number): boolean {
  const [first, second, room] = [vms[a], vms[b], hosts[host]];
  if (!first || !second || !room || !first.allowed.includes(host) || !second.allowed.includes(host)) return false;
  return (
    first.computeCores + second.computeCores <= room.computeCores + roomTolerance &&
    first.memoryMib + second.memoryMib <= room.memoryMib + roomTolerance &&
    (room.maxGuests === null || room.maxGuests >= 2)
  );
}

/**
 * What demands can find when several may begin with one link: each that joins others there finds less by its own rate, and so do they.
 * Links are given the widest first. Of m demands of at least `rateMbps` on a link of capacity c, all together find at most c, c - 2 rates, c - 4 rates ... before their own.
 */
function slotsOf(links: readonly number[], count: number, rateMbps: number): number[] {
  const used = new Array<number>(Math.min(count, links.length)).fill(0);
  const slots: number[] = [];
  for (let slot = 0; slot < count; slot++) {
    let [best, most] = [-1, 0];
    used.forEach((joined, link) => {
      const left = (links[link] as number) - 2 * joined * rateMbps;
      if (left > most) [best, most] = [link, left];
    });
    if (best < 0) break;
    (used[best] as number)++;
    slots.push(most);
  }
  return slots;
}

function ratesOf(graph: Graph, ends: Int32Array): number[][] {
  const rates: number[][] = graph.problem.vms.map(() => []);
  for (let demand = 0; demand < graph.demands; demand++) {
    if (graph.source[demand] === graph.destination[demand]) continue;
    rates[ends[demand] as number]?.push(graph.rateMbps[demand] as number);
  }
  for (const list of rates) list.sort((a, b) => a - b);
  return rates;
}

function sidesOf(graph: Graph, widths: Float64Array, direction: Direction): Side[] {
  const { hosts, firstInside, from, to, edgeCapacityMbps } = graph;
  const edgesOf: number[][] = Array.from({ length: hosts }, () => []);
  for (let edge = 0; edge < firstInside; edge++) edgesOf[(direction === 'out' ? from : to)[edge] as number]?.push(edge);
  return edgesOf.map((edges, host) => {
    const links = edges.map((edge) => edgeCapacityMbps[edge] as number).sort((a, b) => b - a);
    let widestMbps = 0;
    for (let other = 0; other < hosts; other++) {
      const place = direction === 'out' ? host * hosts + other : other * hosts + host;
      if (other !== host) widestMbps = Math.max(widestMbps, widths[place] as number);
    }
    const totalMbps = links.reduce((a, b) => a + b, 0);
    return { links, totalMbps, commonMbps: commonCapacity(graph, edges), widestMbps };
  });
}

/** Of the narrowest resource that all of some edges use; infinite if there is none. */
function commonCapacity({ edgeResources, firstResource, capacityMbps }: Graph, edges: readonly number[]): number {
  const resourcesOf = (edge: number) =>
    edgeResources.subarray(firstResource[edge] as number, firstResource[edge + 1] as number);
  const [first, ...others] = edges;
  if (first === undefined) return Number.POSITIVE_INFINITY;
  const common = others.reduce(
    (left, edge) => (left.length === 0 ? left : left.filter((resource) => resourcesOf(edge).includes(resource))),
    resourcesOf(first),
  );
  return common.reduce(
    (least, resource) => Math.min(least, capacityMbps[resource] as number),
    Number.POSITIVE_INFINITY,
  );
}
