import type { Problem } from '../../model/problem.js';

/**
 * The overlay graph G = (H, E) and the demands in flat arrays, for walking without allocation; never changed. After the edges of the
 * problem come those inside hosts, one each: the path of VMs that run together.
 */
export interface Graph {
  problem: Problem;
  hosts: number;
  edges: number;
  demands: number;
  /** By edge. */
  from: Int32Array;
  to: Int32Array;
  latencyMs: Float64Array;
  /** Of the edge without load, that of its narrowest resource. */
  edgeCapacityMbps: Float64Array;
  /** Resources of all edges in one list: those of edge e from `firstResource[e]` to before `firstResource[e + 1]`. */
  edgeResources: Int32Array;
  firstResource: Int32Array;
  /** By resource. */
  capacityMbps: Float64Array;
  /** By `from * hosts + to`: the edge, -1 where no link is possible. */
  edgeAt: Int32Array;
  /** Edges that leave a host, the widest first: those of host h from `firstLeaving[h]` to before `firstLeaving[h + 1]`. */
  leaving: Int32Array;
  firstLeaving: Int32Array;
  /** By demand: the VMs at its ends, and b_i. */
  source: Int32Array;
  destination: Int32Array;
  rateMbps: Float64Array;
  /** Demands from or to a VM, ascending: those of VM v from `firstDemand[v]` to before `firstDemand[v + 1]`. */
  demandsOfVm: Int32Array;
  firstDemand: Int32Array;
}

export function graphOf(problem: Problem): Graph {
  const { hosts, resources, demands, vms } = problem;
  const inside = hosts.map(({ internal }, host) => ({ from: host, to: host, resources: [internal], latencyMs: 0 }));
  const edges = [...problem.edges, ...inside];
  const capacityMbps = Float64Array.from(resources, (resource) => resource.capacityMbps);
  const [edgeResources, firstResource] = listed(edges.map((edge) => edge.resources));
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
  const demandsOf: number[][] = vms.map(() => []);
  demands.forEach(({ source, destination }, demand) => {
    demandsOf[source]?.push(demand);
    if (destination !== source) demandsOf[destination]?.push(demand);
  });
  const [demandsOfVm, firstDemand] = listed(demandsOf);
  return {
    problem,
    hosts: hosts.length,
    edges: edges.length,
    demands: demands.length,
    from: Int32Array.from(edges, ({ from }) => from),
    to: Int32Array.from(edges, ({ to }) => to),
    latencyMs: Float64Array.from(edges, ({ latencyMs }) => latencyMs),
    ...{ edgeCapacityMbps, edgeResources, firstResource, capacityMbps, edgeAt, leaving, firstLeaving },
    source: Int32Array.from(demands, ({ source }) => source),
    destination: Int32Array.from(demands, ({ destination }) => destination),
    rateMbps: Float64Array.from(demands, ({ rateMbps }) => rateMbps),
    ...{ demandsOfVm, firstDemand },
  };
}

/** Lists as one, with where each begins. */
function listed(lists: readonly (readonly number[])[]): [all: Int32Array, first: Int32Array] {
  const first = new Int32Array(lists.length + 1);
  lists.forEach((list, place) => {
    first[place + 1] = (first[place] as number) + list.length;
  });
  return [Int32Array.from(lists.flat()), first];
}
