import type { Arrangement } from './arrangement.js';
import type { Graph } from './graph.js';

/** A mapping, and for each demand the hosts that a frame visits; one where both VMs are together. */
export interface Configured {
  mapping: readonly number[];
  paths: readonly (readonly number[])[];
}

/** An arrangement in hosts: for each demand those that a frame visits; of one without a path, those of its star. */
export function configurationOf({ mapping, paths, graph }: Arrangement): { mapping: number[]; paths: number[][] } {
  const hostsOf = (_: unknown, demand: number): number[] => {
    const from = mapping[graph.source[demand] as number] as number;
    const to = mapping[graph.destination[demand] as number] as number;
    const length = paths.lengths[demand] as number;
    if (from === to) return [from];
    if (length === 0) return starHosts(graph, demand, from, to);
    return [from, ...Array.from(paths.edgesOf(demand).subarray(0, length), (edge) => graph.to[edge] as number)];
  };
  return { mapping: Array.from(mapping), paths: graph.problem.demands.map(hostsOf) };
}

function starHosts({ problem, source }: Graph, demand: number, from: number, to: number): number[] {
  const proxy = problem.vms[source[demand] as number]?.proxy as number;
  return from === proxy || to === proxy ? [from, to] : [from, proxy, to];
}

/** Puts VMs and demands of an arrangement where a configuration has them; a path that misses an edge is none. */
export function adopt(arrangement: Arrangement, { mapping, paths }: Configured): void {
  const { graph } = arrangement;
  const edgesOf = (hosts: readonly number[]): Int32Array => {
    const steps = hosts.length === 1 ? [...hosts, ...hosts] : hosts;
    const edges = steps.slice(1).map((to, hop) => graph.edgeAt[(steps[hop] as number) * graph.hosts + to] as number);
    return Int32Array.from(edges.includes(-1) ? [] : edges);
  };
  arrangement.restore({ mapping: Int32Array.from(mapping), paths: paths.map(edgesOf) });
}
