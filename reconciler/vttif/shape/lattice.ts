import type { Shape } from './fit.js';

/** A grid of two or three dimensions, closed in each (`torus`) or open. Places are numbers, counted along the last dimension first. */
export interface Lattice {
  shape: Shape & ('mesh' | 'torus');
  dimensions: number[];
  /** By place. */
  neighbours: number[][];
  edgeCount: number;
}

/**
 * All grids of so many places, open ones first. A ring of two is one edge, so a torus may be two wide in some dimension; if it is in all, it is a mesh.
 * Two by two is a ring.
 */
export function latticesOf(size: number): Lattice[] {
  const all = factorisations(size);
  const isSquare = (lengths: number[]) => lengths.length === 2 && lengths.every((length) => length === 2);
  const meshes = all.filter((lengths) => !isSquare(lengths)).map((lengths) => lattice('mesh', lengths));
  const tori = all
    .filter((lengths) => lengths.some((length) => length > 2))
    .map((lengths) => lattice('torus', lengths));
  return [...meshes, ...tori];
}

/** Products of two or three lengths of at least two, the longest first. */
function factorisations(size: number): number[][] {
  const found: number[][] = [];
  for (let a = 2; a * a <= size; a++) {
    if (size % a !== 0) continue;
    const rest = size / a;
    found.push([rest, a]);
    for (let b = a; b * b <= rest; b++) if (rest % b === 0) found.push([rest / b, b, a]);
  }
  return found;
}

function lattice(shape: 'mesh' | 'torus', dimensions: number[]): Lattice {
  const size = dimensions.reduce((product, length) => product * length, 1);
  const neighbours = Array.from({ length: size }, (_, place) => [...new Set(around(place, shape, dimensions))]);
  return { shape, dimensions, neighbours, edgeCount: neighbours.flat().length / 2 };
}

function around(place: number, shape: 'mesh' | 'torus', dimensions: readonly number[]): number[] {
  return axes(dimensions).flatMap(({ length, stride }) => {
    const at = Math.floor(place / stride) % length;
    return [at - 1, at + 1]
      .filter((next) => shape === 'torus' || (next >= 0 && next < length))
      .map((next) => place + (((next + length) % length) - at) * stride);
  });
}

/** Length of each dimension and how far apart its neighbouring places are numbered. */
export function axes(dimensions: readonly number[]): { length: number; stride: number }[] {
  let stride = 1;
  return dimensions
    .toReversed()
    .map((length) => {
      const axis = { length, stride };
      stride *= length;
      return axis;
    })
    .reverse();
}
