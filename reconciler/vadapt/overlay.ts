import type { Problem, ProblemEdge } from '../model/problem.js';
import { at } from './at.js';

/** The overlay graph G = (H, E) of a problem, indexed for walking. Shared by all who solve it; never changed. */
export interface Overlay {
  problem: Problem;
  capacityMbps: Float64Array;
  /** Resources of all edges in one list: those of edge e from `firstResource[e]` to before `firstResource[e + 1]`. */
  edgeResources: Int32Array;
  firstResource: Int32Array;
  /** By `from * hosts + to`: the place of the edge, -1 where no link is possible. */
  edgeAt: Int32Array;
  /** By host: places of the edges that leave it, by ascending destination. */
  leaving: number[][];
  /** By VM: places of the demands from or to it, ascending. */
  demandsOf: number[][];
  /** By host: whether it is the Proxy of any VM's network, so that every link to it belongs to a star. */
  isProxy: boolean[];
}

export function overlayOf(problem: Problem): Overlay {
  const { hosts, edges, vms, demands } = problem;
  const edgeAt = new Int32Array(hosts.length * hosts.length).fill(-1);
  const leaving: number[][] = hosts.map(() => []);
  edges.forEach((edge, place) => {
    edgeAt[edge.from * hosts.length + edge.to] = place;
    at(leaving, edge.from).push(place);
  });
  for (const places of leaving) places.sort((a, b) => at(edges, a).to - at(edges, b).to);

  const firstResource = new Int32Array(edges.length + 1);
  edges.forEach((edge, place) => {
    firstResource[place + 1] = (firstResource[place] as number) + edge.resources.length;
  });
  const demandsOf: number[][] = vms.map(() => []);
  demands.forEach(({ source, destination }, place) => {
    at(demandsOf, source).push(place);
    if (destination !== source) at(demandsOf, destination).push(place);
  });
  const proxies = new Set(vms.map((vm) => vm.proxy));
  return {
    problem,
    capacityMbps: Float64Array.from(problem.resources, (resource) => resource.capacityMbps),
    edgeResources: Int32Array.from(edges.flatMap((edge) => edge.resources)),
    firstResource,
    edgeAt,
    leaving,
    demandsOf,
    isProxy: hosts.map((_, host) => proxies.has(host)),
  };
}

/** The edge between two hosts; undefined where no link is possible. */
export function edgeBetween(overlay: Overlay, from: number, to: number): ProblemEdge | undefined {
  const { hosts, edges } = overlay.problem;
  return edges[overlay.edgeAt[from * hosts.length + to] ?? -1];
}

/** Capacity of an unloaded edge, in Mb/s: that of its narrowest resource. */
export function edgeCapacityMbps(overlay: Overlay, edge: ProblemEdge): number {
  return Math.min(...edge.resources.map((resource) => overlay.capacityMbps[resource] ?? 0));
}

/** A number for the undirected link between two hosts; -1 if it is part of a star and thus always there. */
export function fastPathLink(overlay: Overlay, a: number, b: number): number {
  if (overlay.isProxy[a] || overlay.isProxy[b]) return -1;
  return Math.min(a, b) * overlay.isProxy.length + Math.max(a, b);
}
