/**
 * Items on as many places, one each: minimise the sum over items i and j of flow(i, j) * distance(place of i, place of j), plus what
 * each item costs where it is. Koopmans and Beckmann, 1957. Matrices are square, row by row.
 */
export interface QuadraticAssignment {
  size: number;
  flows: Float64Array;
  distances: Float64Array;
  /** By item, then place; infinite where it may not be. Null costs nothing anywhere. */
  alone: Float64Array | null;
}

/**
 * The same problem with two symmetric matrices, where one of them is: of the other only the mean of both directions counts. Otherwise
 * the problem as it is.
 */
export function symmetrised(problem: QuadraticAssignment): QuadraticAssignment {
  const { size, flows, distances } = problem;
  if (isSymmetric(flows, size)) return { ...problem, distances: meanOfDirections(distances, size) };
  if (isSymmetric(distances, size)) return { ...problem, flows: meanOfDirections(flows, size) };
  return problem;
}

export function isSymmetric(matrix: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row++)
    for (let column = 0; column < row; column++)
      if (matrix[row * size + column] !== matrix[column * size + row]) return false;
  return true;
}

function meanOfDirections(matrix: Float64Array, size: number): Float64Array {
  return matrix.map((value, place) => {
    const [row, column] = [Math.floor(place / size), place % size];
    return (value + (matrix[column * size + row] as number)) / 2;
  });
}

/** What a whole assignment costs; `places` by item. */
export function costOf({ size, flows, distances, alone }: QuadraticAssignment, places: ArrayLike<number>): number {
  let cost = 0;
  for (let item = 0; item < size; item++) {
    const row = (places[item] as number) * size;
    for (let other = 0; other < size; other++)
      cost += (flows[item * size + other] as number) * (distances[row + (places[other] as number)] as number);
    if (alone) cost += alone[item * size + (places[item] as number)] as number;
  }
  return cost;
}
