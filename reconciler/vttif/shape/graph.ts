import type { PairRate } from '../../model/pair.js';

/** Who talks with whom, in whatever direction. Vertices are numbers from 0 on. */
export interface Graph {
  size: number;
  edges: Edge[];
  /** By vertex. */
  neighbours: number[][];
}

export interface Edge {
  a: number;
  b: number;
  /** Rate of the busier direction: answers to what flows one way are no pattern of their own. */
  weight: number;
}

/** The graph of the VMs that entries connect, numbered by address. Entries from a VM to itself are left out. */
export function graphOf(entries: readonly PairRate[]): Graph {
  const others = entries.filter(({ source, destination }) => source !== destination);
  const names = [...new Set(others.flatMap(({ source, destination }) => [source, destination]))].sort();
  const numbers = new Map(names.map((name, index) => [name, index]));
  const weights = new Map<number, number>();
  for (const { source, destination, rateMbps } of others) {
    const [from, to] = [numbers.get(source) ?? 0, numbers.get(destination) ?? 0];
    const key = Math.min(from, to) * names.length + Math.max(from, to);
    weights.set(key, Math.max(weights.get(key) ?? 0, rateMbps));
  }
  const edges = [...weights].map(([key, weight]) => ({
    a: Math.floor(key / names.length),
    b: key % names.length,
    weight,
  }));
  return graph(names.length, edges);
}

export function graph(size: number, edges: readonly Edge[]): Graph {
  const neighbours = Array.from({ length: size }, (): number[] => []);
  const ordered = [...edges].sort((x, y) => x.a - y.a || x.b - y.b);
  for (const { a, b } of ordered) {
    neighbours[a]?.push(b);
    neighbours[b]?.push(a);
  }
  return { size, edges: ordered, neighbours };
}

export function neighboursOf(graph: Graph, vertex: number): readonly number[] {
  return graph.neighbours[vertex] ?? [];
}

export function degree(graph: Graph, vertex: number): number {
  return neighboursOf(graph, vertex).length;
}
