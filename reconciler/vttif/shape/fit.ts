import type { Application } from '../../../schema/generated/types.js';
import type { Edge, Graph } from './graph.js';

export type Shape = Application['shape'];

/** How a graph differs from the member of a family that it is most like. */
export interface Fit {
  shape: Shape;
  /** Edges of that member. */
  members: number;
  /** How many of them the graph lacks. */
  missing: number;
  /** Edges that the graph has beyond them. */
  spurious: Edge[];
}

export function edits({ missing, spurious }: Fit): number {
  return missing + spurious.length;
}

/** Share of a pattern's edges that may be missing or too many. */
const tolerance = 0.12;
/** Graphs of fewer vertices have to match exactly: among so few, one edge makes another pattern. */
const leastTolerant = 6;

/** How many edges may differ from a pattern of so many. */
export function allowedEdits({ size }: Graph, members: number): number {
  return size < leastTolerant ? 0 : Math.max(1, Math.floor(tolerance * members));
}
