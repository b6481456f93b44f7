import type { Fit } from './fit.js';
import { degree, type Edge, type Graph } from './graph.js';

/** Every VM with every other. Of three, this name is taken rather than ring. */
export function allToAll({ size, edges }: Graph): Fit[] {
  const members = (size * (size - 1)) / 2;
  return size < 3 ? [] : [{ shape: 'all-to-all', members, missing: members - edges.length, spurious: [] }];
}

/** One VM with every other. Of three, that is a bus. */
export function star(graph: Graph): Fit[] {
  const { size, edges } = graph;
  if (size < 4) return [];
  let hub = 0;
  for (let vertex = 1; vertex < size; vertex++) if (degree(graph, vertex) > degree(graph, hub)) hub = vertex;
  const spurious = edges.filter(({ a, b }) => a !== hub && b !== hub);
  return [{ shape: 'star', members: size - 1, missing: size - 1 - degree(graph, hub), spurious }];
}

/** Anything without a cycle; what closes cycles is taken to be the lightest edges. */
export function tree({ size, edges }: Graph): Fit[] {
  const parts = Array.from({ length: size }, (_, vertex) => vertex);
  const partOf = (vertex: number): number => {
    let part = vertex;
    for (let next = parts[part] ?? part; next !== part; next = parts[part] ?? part) {
      parts[part] = parts[next] ?? next;
      part = next;
    }
    return part;
  };
  const spurious: Edge[] = [];
  for (const edge of [...edges].sort((x, y) => y.weight - x.weight || x.a - y.a || x.b - y.b)) {
    const [a, b] = [partOf(edge.a), partOf(edge.b)];
    if (a === b) spurious.push(edge);
    else parts[a] = b;
  }
  return [{ shape: 'tree', members: size - 1, missing: 0, spurious }];
}
