import { allowedEdits, type Fit } from './fit.js';
import { type Edge, type Graph, graph as graphFrom, neighboursOf } from './graph.js';

/**
 * Neighbours on a line (`bus`) or on a closed one (`ring`, of four or more). Edges of VMs with more than two neighbours are taken
 * away, first between two such VMs, first the lightest, as long as all stays connected.
 */
export function chain(graph: Graph): Fit[] {
  const { size, edges } = graph;
  const allowed = allowedEdits(graph, size);
  if (edges.length > size + allowed) return [];
  const spurious: Edge[] = [];
  let rest = graph;
  while (rest.neighbours.some((each) => each.length > 2)) {
    const edge = removable(rest);
    if (edge === undefined || spurious.length === allowed) return [];
    spurious.push(edge);
    rest = without(rest, edge);
  }
  const isRing = rest.edges.length === size;
  if (isRing && size < 4) return [];
  return [{ shape: isRing ? 'ring' : 'bus', members: rest.edges.length, missing: 0, spurious }];
}

function removable(graph: Graph): Edge | undefined {
  const busy = (vertex: number) => (neighboursOf(graph, vertex).length > 2 ? 1 : 0);
  return graph.edges
    .map((edge) => ({ edge, ends: busy(edge.a) + busy(edge.b) }))
    .filter(({ ends }) => ends > 0)
    .sort((x, y) => y.ends - x.ends || x.edge.weight - y.edge.weight || x.edge.a - y.edge.a || x.edge.b - y.edge.b)
    .find(({ edge }) => isConnected(without(graph, edge)))?.edge;
}

function without(graph: Graph, edge: Edge): Graph {
  return graphFrom(
    graph.size,
    graph.edges.filter((each) => each !== edge),
  );
}

function isConnected(graph: Graph): boolean {
  const seen = new Set([0]);
  for (const vertex of seen) for (const next of neighboursOf(graph, vertex)) seen.add(next);
  return seen.size === graph.size;
}
