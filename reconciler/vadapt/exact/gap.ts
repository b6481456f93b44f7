import type { Graph } from '../engine/graph.js';
import { type ListedPath, listedPath } from './path-lists.js';

/**
 * What a demand between two hosts has if it has no path: nothing. Null where it must have one, since the way over the Proxy of its
 * network misses no edge.
 */
export function gapOf(graph: Graph, demand: number, from: number, to: number): ListedPath | null {
  const { problem, source, hosts, edgeAt } = graph;
  const proxy = problem.vms[source[demand] as number]?.proxy ?? from;
  const hasEdge = (a: number, b: number) => (edgeAt[a * hosts + b] as number) >= 0;
  const isThere =
    from === proxy || to === proxy || from === to ? hasEdge(from, to) : hasEdge(from, proxy) && hasEdge(proxy, to);
  return isThere ? null : listedPath(graph, [], false);
}
