import { type Columns, emptyColumns } from '../../../../reconciler/vadapt/objective/columns.js';
import type { Rows } from '../../../../reconciler/vadapt/objective/evaluate.js';
import { type TermName, terms } from '../../../../schema/objective/terms.js';
import { type Draw, pick } from '../../../generators/draw.js';

export const termNames = Object.keys(terms) as TermName[];

/** A configuration of up to a few rows of each level, and columns with values from all over the ranges of terms. */
export function randomWorld(draw: Draw): { rows: Rows; columns: Columns; edges: number } {
  const edges = 1 + draw(8);
  const [paths, vms, hosts] = [draw(5), draw(5), 1 + draw(4)];
  const pathEdges: number[] = [];
  const firstEdge = [0];
  for (let path = 0; path < paths; path++) {
    for (let hop = 0; hop <= draw(3); hop++) pathEdges.push(draw(edges));
    firstEdge.push(pathEdges.length);
  }
  const used = [...new Set(pathEdges)];
  const columns = emptyColumns({ edge: edges, path: paths, host: hosts, vm: vms }, termNames);
  for (const term of termNames) setRandom(draw, columns, term);
  const rows = {
    ...{ pathEdges: Int32Array.from(pathEdges), firstEdge: Int32Array.from(firstEdge) },
    ...{ usedEdges: Int32Array.from([...used, 99, 99]), usedEdgeCount: used.length },
    ...{ paths, hosts, vms },
  };
  return { rows, columns, edges };
}

/** Gives a term other values. */
export function setRandom(draw: Draw, columns: Columns, term: TermName): void {
  const { low, high } = terms[term].range;
  const column = columns[term];
  for (let row = 0; row < column.length; row++) {
    const uniform = low + ((high - low) * draw(1000)) / 1000;
    column[row] = pick(draw, [low, high, uniform, Math.min(high, draw(1000) / 8)]);
  }
}
