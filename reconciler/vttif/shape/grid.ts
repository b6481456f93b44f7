import { distanceProfile, profileDifference, spreadSources } from './distances.js';
import { embed, type Mismatch, type Placed } from './embed.js';
import { allowedEdits, type Fit } from './fit.js';
import { degree, type Graph, neighboursOf } from './graph.js';
import { axes, type Lattice, latticesOf } from './lattice.js';

/** Neighbours on a grid of two or three dimensions, open (`mesh`) or closed (`torus`): the graph is laid over each of its size. */
export function grid(graph: Graph): Fit[] {
  const { size, edges } = graph;
  if (size < 6 || edges.length > 4 * size) return [];
  const likely = latticesOf(size).filter((each) => hasLikeDegrees(graph, each, allowedEdits(graph, each.edgeCount)));
  const fits: Fit[] = [];
  for (const lattice of nearestByDistances(graph, likely)) {
    const mismatch = bestEmbedding(graph, lattice) ?? notFound(graph, lattice);
    fits.push({ shape: lattice.shape, members: lattice.edgeCount, ...mismatch });
    if (count(mismatch) === 0) break;
  }
  return fits;
}

/** Lattices tried, of those with like degrees. */
const latticesTried = 10;

/** Those in which distances are most like those in the graph, the likest first; between equals, in the order given. */
function nearestByDistances(graph: Graph, lattices: readonly Lattice[]): Lattice[] {
  if (lattices.length < 2) return [...lattices];
  const profile = (neighbours: readonly (readonly number[])[]) =>
    distanceProfile(neighbours, spreadSources(neighbours));
  const own = profile(graph.neighbours);
  return lattices
    .map((lattice) => ({ lattice, difference: profileDifference(own, profile(lattice.neighbours)) }))
    .sort((a, b) => a.difference - b.difference)
    .slice(0, latticesTried)
    .map(({ lattice }) => lattice);
}

/** Each edge that differs changes two degrees by one. */
function hasLikeDegrees(graph: Graph, lattice: Lattice, allowed: number): boolean {
  if (Math.abs(graph.edges.length - lattice.edgeCount) > allowed) return false;
  const byLength = (lists: readonly (readonly number[])[]) => lists.map((each) => each.length).sort((a, b) => a - b);
  const expected = byLength(lattice.neighbours);
  const difference = byLength(graph.neighbours).reduce((sum, each, i) => sum + Math.abs(each - (expected[i] ?? 0)), 0);
  return difference <= 2 * allowed;
}

/** Vertices tried as the place where the lattice begins: what lacks an edge there would put all else in the wrong place. */
const originsTried = 4;

/** Null if no embedding has as few mismatches as are allowed. */
function bestEmbedding(graph: Graph, lattice: Lattice): Mismatch | null {
  let best: Mismatch | null = null;
  for (const origin of origins(graph, lattice)) {
    for (const start of starts(graph, lattice, origin)) {
      const limit = best === null ? allowedEdits(graph, lattice.edgeCount) : count(best) - 1;
      const mismatch = embed(graph, lattice, start, limit);
      if (mismatch !== null && (best === null || count(mismatch) < count(best))) best = mismatch;
      if (best !== null && count(best) === 0) return best;
    }
  }
  return best;
}

/** Degrees are alike, so it may be that an embedding was only not found: not far beyond what is allowed. */
function notFound(graph: Graph, lattice: Lattice): Mismatch {
  return { missing: allowedEdits(graph, lattice.edgeCount) + 2, spurious: [] };
}

const count = ({ missing, spurious }: Mismatch): number => missing + spurious.length;

/** Vertices with as many neighbours as place 0 has, first those among neighbours that also look as if nothing were wrong. */
function origins(graph: Graph, lattice: Lattice): number[] {
  const degrees = new Set(lattice.neighbours.map((each) => each.length));
  const wanted = lattice.neighbours[0]?.length ?? 0;
  const oddity = (vertex: number) =>
    neighboursOf(graph, vertex).filter((each) => !degrees.has(degree(graph, each))).length;
  return graph.neighbours
    .map((_, vertex) => vertex)
    .filter((vertex) => degree(graph, vertex) === wanted)
    .sort((a, b) => oddity(a) - oddity(b) || a - b)
    .slice(0, originsTried);
}

/** All ways to lay the neighbours of the origin along the axes, but for those that only mirror an axis or swap two of one length. */
function starts(graph: Graph, lattice: Lattice, origin: number): Placed[][] {
  let partial: { placed: Placed[]; free: number[]; first: number }[] = [
    { placed: [{ place: 0, vertex: origin }], free: [...neighboursOf(graph, origin)], first: -1 },
  ];
  let previous = 0;
  for (const { length, stride } of axes(lattice.dimensions)) {
    const places = lattice.shape === 'torus' && length > 2 ? [stride, (length - 1) * stride] : [stride];
    const isAlike = length === previous;
    partial = partial.flatMap(({ placed, free, first }) =>
      choices(free, places.length)
        .filter((chosen) => !isAlike || (chosen[0] ?? 0) > first)
        .map((chosen) => ({
          placed: [...placed, ...chosen.map((vertex, index) => ({ place: places[index] ?? 0, vertex }))],
          free: free.filter((vertex) => !chosen.includes(vertex)),
          first: chosen[0] ?? 0,
        })),
    );
    previous = length;
  }
  return partial.map(({ placed }) => placed);
}

/** One or two of `items`, in ascending order. */
function choices(items: readonly number[], size: number): number[][] {
  if (size === 1) return items.map((item) => [item]);
  return items.flatMap((a, index) => items.slice(index + 1).map((b) => [a, b]));
}
