/** Which guests of a program talk to which, by their places in it; `weight` 1 for the heaviest. */
export interface Pattern {
  size: number;
  edges: { from: number; to: number; weight: number }[];
}

export type PatternShape = 'ring' | 'bus' | 'mesh' | 'torus' | 'star' | 'all-to-all' | 'tree';

type Neighbours = (place: number, size: number) => number[];

/** Neighbours in one direction or both; every edge is made both ways. */
const neighbours: Record<PatternShape, Neighbours> = {
  ring: (place, size) => [(place + 1) % size],
  bus: (place, size) => (place + 1 < size ? [place + 1] : []),
  mesh: (place, size) => gridNeighbours(place, size, false),
  torus: (place, size) => gridNeighbours(place, size, true),
  star: (place) => (place === 0 ? [] : [0]),
  'all-to-all': (place) => Array.from({ length: place }, (_, other) => other),
  tree: (place) => (place === 0 ? [] : [(place - 1) >> 1]),
};

/** A program of `size` guests, at least two, in which neighbours talk alike both ways. Grids are as square as `size` lets them be. */
export function syntheticPattern(shape: PatternShape, size: number): Pattern {
  const pairs = new Set<number>();
  for (let place = 0; place < size; place++) {
    for (const other of neighbours[shape](place, size)) {
      if (other === place) continue;
      pairs.add(place * size + other);
      pairs.add(other * size + place);
    }
  }
  const edges = [...pairs].sort((a, b) => a - b).map((pair) => edge(Math.floor(pair / size), pair % size, 1));
  return { size, edges };
}

/** A program of which it is known what each guest sends to each other one, in any unit; what one sends to itself does not count. */
export function measuredPattern(matrix: readonly (readonly number[])[]): Pattern {
  const sent = matrix.flatMap((row, from) => row.map((amount, to) => edge(from, to, from === to ? 0 : amount)));
  const most = Math.max(...sent.map(({ weight }) => weight));
  const edges = sent.filter(({ weight }) => weight > 0).map((each) => ({ ...each, weight: each.weight / most }));
  return { size: matrix.length, edges };
}

function edge(from: number, to: number, weight: number) {
  return { from, to, weight };
}

function gridNeighbours(place: number, size: number, wraps: boolean): number[] {
  const width = gridWidth(size);
  const height = size / width;
  const [row, column] = [Math.floor(place / width), place % width];
  const right = wraps || column + 1 < width ? [row * width + ((column + 1) % width)] : [];
  const below = wraps || row + 1 < height ? [((row + 1) % height) * width + column] : [];
  return [...right, ...below];
}

/** The divisor nearest to the root, from above. */
function gridWidth(size: number): number {
  let width = Math.ceil(Math.sqrt(size));
  while (size % width !== 0) width += 1;
  return width;
}
