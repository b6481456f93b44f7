import type { Problem } from '../../model/problem.js';
import { normalQuantile } from '../normal-quantile.js';

/**
 * The overlay graph G = (H, E) and the demands in flat arrays, for walking without allocation; never changed. After the edges of the
 * problem come those inside hosts, one each: the path of VMs that run together.
 */
export interface Graph {
  problem: Problem;
  hosts: number;
  edges: number;
  /** Edges from here on are inside hosts, in their order. */
  firstInside: number;
  demands: number;
  /** By edge. */
  from: Int32Array;
  to: Int32Array;
  latencyMs: Float64Array;
  isReserved: Uint8Array;
  /** By edge: number of the undirected link that it is a direction of, -1 where that is part of a star or inside a host. */
  linkOf: Int32Array;
  links: number;
  /** Of the edge without load, that of its narrowest resource. */
  edgeCapacityMbps: Float64Array;
  /** Resources of all edges in one list: those of edge e from `firstResource[e]` to before `firstResource[e + 1]`. */
  edgeResources: Int32Array;
  firstResource: Int32Array;
  /** Edges that use a resource, the other way round: those of resource r from `firstEdge[r]` to before `firstEdge[r + 1]`. */
  edgesOfResource: Int32Array;
  firstEdge: Int32Array;
  /** By resource. */
  capacityMbps: Float64Array;
  capacityVariance: Float64Array;
  /** By `from * hosts + to`: the edge, -1 where no link is possible. */
  edgeAt: Int32Array;
  /** Edges that leave a host, the widest first: those of host h from `firstLeaving[h]` to before `firstLeaving[h + 1]`. */
  leaving: Int32Array;
  firstLeaving: Int32Array;
  /** By demand: the VMs at its ends, b_i, and the longest latency of its path, infinite where any will do. */
  source: Int32Array;
  destination: Int32Array;
  rateMbps: Float64Array;
  rateVariance: Float64Array;
  longestMs: Float64Array;
  /** Demands from or to a VM, ascending: those of VM v from `firstDemand[v]` to before `firstDemand[v + 1]`. */
  demandsOfVm: Int32Array;
  firstDemand: Int32Array;
  /** Standard deviations that a resource must have to spare; 0 where means are taken for certain. */
  sigmas: number;
}

export function graphOf(problem: Problem): Graph {
  return { problem, ...edgesOf(problem), ...demandsOf(problem), sigmas: sigmasOf(problem) };
}

type Edges = Omit<Graph, 'problem' | 'sigmas' | keyof ReturnType<typeof demandsOf>>;

function edgesOf({ hosts, edges: between, resources, vms }: Problem): Edges {
  const inside = hosts.map(({ internal }, host) => ({ from: host, to: host, resources: [internal], latencyMs: 0 }));
  const edges = [...between, ...inside];
  const capacityMbps = Float64Array.from(resources, (resource) => resource.capacityMbps);
  const [edgeResources, firstResource] = listed(edges.map((edge) => edge.resources));
  const usersOf: number[][] = resources.map(() => []);
  edges.forEach((edge, place) => {
    for (const resource of new Set(edge.resources)) usersOf[resource]?.push(place);
  });
  const [edgesOfResource, firstEdge] = listed(usersOf);
  const edgeAt = new Int32Array(hosts.length * hosts.length).fill(-1);
  const leavingOf: number[][] = hosts.map(() => []);
  edges.forEach(({ from, to }, edge) => {
    edgeAt[from * hosts.length + to] = edge;
    if (from !== to) leavingOf[from]?.push(edge);
  });
  const edgeCapacityMbps = Float64Array.from(edges, (edge) =>
    Math.min(...edge.resources.map((r) => capacityMbps[r] ?? 0)),
  );
  const capacityOf = (edge: number) => edgeCapacityMbps[edge] as number;
  for (const list of leavingOf) list.sort((a, b) => capacityOf(b) - capacityOf(a) || a - b);
  const [leaving, firstLeaving] = listed(leavingOf);
  return {
    hosts: hosts.length,
    edges: edges.length,
    firstInside: between.length,
    from: Int32Array.from(edges, ({ from }) => from),
    to: Int32Array.from(edges, ({ to }) => to),
    latencyMs: Float64Array.from(edges, ({ latencyMs }) => latencyMs),
    isReserved: Uint8Array.from(edges, (edge) => Number('isReserved' in edge && edge.isReserved === true)),
    ...linksOf(edges, new Set(vms.map(({ proxy }) => proxy)), hosts.length),
    capacityVariance: Float64Array.from(resources, ({ deviationMbps = 0 }) => deviationMbps * deviationMbps),
    ...{
      edgesOfResource,
      firstEdge,
      edgeCapacityMbps,
      edgeResources,
      firstResource,
      capacityMbps,
      edgeAt,
      leaving,
      firstLeaving,
    },
  };
}

/** Both directions of a link are one; links to and from a Proxy are always there, and cost nothing. */
function linksOf(
  edges: readonly { from: number; to: number }[],
  proxies: ReadonlySet<number>,
  hosts: number,
): Pick<Graph, 'linkOf' | 'links'> {
  const numbers = new Map<number, number>();
  const linkOf = Int32Array.from(edges, ({ from, to }) => {
    if (from === to || proxies.has(from) || proxies.has(to)) return -1;
    const key = Math.min(from, to) * hosts + Math.max(from, to);
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
  return { linkOf, links: numbers.size };
}

function demandsOf({ vms, demands }: Problem) {
  const lists: number[][] = vms.map(() => []);
  demands.forEach(({ source, destination }, demand) => {
    lists[source]?.push(demand);
    if (destination !== source) lists[destination]?.push(demand);
  });
  const [demandsOfVm, firstDemand] = listed(lists);
  return {
    demands: demands.length,
    source: Int32Array.from(demands, ({ source }) => source),
    destination: Int32Array.from(demands, ({ destination }) => destination),
    rateMbps: Float64Array.from(demands, ({ rateMbps }) => rateMbps),
    rateVariance: Float64Array.from(demands, ({ deviationMbps = 0 }) => deviationMbps * deviationMbps),
    longestMs: Float64Array.from(demands, ({ maxLatencyMs = Number.POSITIVE_INFINITY }) => maxLatencyMs),
    ...{ demandsOfVm, firstDemand },
  };
}

function sigmasOf({ confidence, resources, demands }: Problem): number {
  const isUncertain = [...resources, ...demands].some(({ deviationMbps = 0 }) => deviationMbps > 0);
  return confidence === undefined || !isUncertain ? 0 : normalQuantile(confidence);
}

/** Lists as one, with where each begins. */
function listed(lists: readonly (readonly number[])[]): [all: Int32Array, first: Int32Array] {
  const first = new Int32Array(lists.length + 1);
  lists.forEach((list, place) => {
    first[place + 1] = (first[place] as number) + list.length;
  });
  return [Int32Array.from(lists.flat()), first];
}
