/**
 * The most that rows can get in all when each takes another column: the Hungarian method with potentials (Kuhn 1955).
 * @param worth by row and column; minus infinity where a row may not take a column
 * @returns infinite where rows cannot all have a column of their own
 */
export function mostAssigned(rows: number, columns: number, worth: (row: number, column: number) => number): number {
  if (rows > columns) return Number.POSITIVE_INFINITY;
  const ofRow = new Float64Array(rows + 1);
  const ofColumn = new Float64Array(columns + 1);
  /** Columns count from 1; 0 holds the row that is looking. */
  const rowOf = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    const way = augmentingWay(columns, rowOf, ofRow, ofColumn, (r, c) => -worth(r - 1, c - 1));
    if (way === null) return Number.POSITIVE_INFINITY;
    for (let column = way.end; column !== 0; ) {
      const before = way.before[column] as number;
      rowOf[column] = rowOf[before] as number;
      column = before;
    }
  }
  let most = 0;
  for (let column = 1; column <= columns; column++)
    if (rowOf[column] !== 0) most += worth((rowOf[column] as number) - 1, column - 1);
  return most;
}

/** Dijkstra over reduced costs from the row that is looking to a free column. */
function augmentingWay(
  columns: number,
  rowOf: Int32Array,
  ofRow: Float64Array,
  ofColumn: Float64Array,
  cost: (row: number, column: number) => number,
): { end: number; before: Int32Array } | null {
  const before = new Int32Array(columns + 1);
  const slack = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
  const isSeen = new Uint8Array(columns + 1);
  let at = 0;
  while (rowOf[at] !== 0) {
    isSeen[at] = 1;
    const row = rowOf[at] as number;
    let [next, least] = [-1, Number.POSITIVE_INFINITY];
    for (let column = 1; column <= columns; column++) {
      if (isSeen[column] === 1) continue;
      const reduced = cost(row, column) - (ofRow[row] as number) - (ofColumn[column] as number);
      if (reduced < (slack[column] as number)) {
        slack[column] = reduced;
        before[column] = at;
      }
      if ((slack[column] as number) < least) [next, least] = [column, slack[column] as number];
    }
    if (next < 0 || !Number.isFinite(least)) return null;
    for (let column = 0; column <= columns; column++) {
      if (isSeen[column] === 1) {
        (ofRow[rowOf[column] as number] as number) += least;
        (ofColumn[column] as number) -= least;
      } else (slack[column] as number) -= least;
    }
    at = next;
  }
  return { end: at, before };
}
