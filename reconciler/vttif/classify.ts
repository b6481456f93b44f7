import type { PairRate } from '../model/pair.js';
import { confidenceOf, confidenceOfNone, type Surroundings } from './confidence.js';
import { chain } from './shape/chain.js';
import { allToAll, star, tree } from './shape/dense-and-sparse.js';
import { allowedEdits, edits, type Fit, type Shape } from './shape/fit.js';
import { type Graph, graphOf } from './shape/graph.js';
import { grid } from './shape/grid.js';

export interface Classification {
  shape: Shape;
  /** How likely it is right, between 0 and 1. */
  confidence: number;
}

/**
 * In which pattern the VMs of one connected application talk. Directions and rates do not matter, beyond telling which edges are
 * most likely to be noise. The pattern that takes the fewest edges more or less wins, if those are few; between equals, the first
 * of: bus, ring, star, all-to-all, mesh, torus, tree. So two or three VMs in a row are a bus, three with one another all-to-all,
 * four in a circle a ring, and the edges of a cube a mesh.
 */
export function classify(entries: readonly PairRate[], surroundings?: Surroundings): Classification {
  const graph = graphOf(entries);
  const fits = fitsOf(graph);
  const best = fits[0];
  if (best === undefined || edits(best) > allowedEdits(graph, best.members)) {
    return { shape: 'none', confidence: confidenceOfNone(graph, best, surroundings) };
  }
  return { shape: best.shape, confidence: confidenceOf(graph, best, surroundings) };
}

/** What the graph is like, the likest first. */
function fitsOf(graph: Graph): Fit[] {
  if (graph.size < 2) return [];
  const fits = [...chain(graph), ...star(graph), ...allToAll(graph)];
  if (!fits.some((fit) => edits(fit) === 0)) fits.push(...grid(graph), ...tree(graph));
  return fits.sort((a, b) => edits(a) - edits(b));
}
