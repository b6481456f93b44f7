import { readFileSync } from 'node:fs';
import { measuredPattern, type Pattern, syntheticPattern } from '../../agents/emulated/patterns.js';
import type { Application } from '../../schema/generated/types.js';

export type Shape = Application['shape'];

/** A program whose pattern is known. */
export interface Program {
  name: string;
  pattern: Pattern;
  shape: Shape;
}

/**
 * What the measured matrices are, once entries under a tenth of the largest are pruned and each edge counts whatever its direction.
 * Where the field has no name for a pattern, `none` is right.
 */
const measured: Record<string, { shape: Shape; because: string }> = {
  'bt.W.4': {
    shape: 'all-to-all',
    because: 'multi-partition on 2 x 2: successors and predecessors in three directions are all others',
  },
  'bt.W.16': { shape: 'none', because: 'multi-partition on 4 x 4: a torus and its diagonals, six neighbours each' },
  'cg.W.4': {
    shape: 'bus',
    because: 'two rows of two that reduce along the row, and one pair that transposes: 0-1-2-3',
  },
  'cg.W.16': {
    shape: 'none',
    because: 'four rows of four that reduce in circles of four, joined by the six pairs that transpose',
  },
  'ft.W.4': { shape: 'all-to-all', because: 'transposes the whole array' },
  'ft.W.16': { shape: 'all-to-all', because: 'transposes the whole array' },
  'is.W.4': { shape: 'all-to-all', because: 'redistributes all keys' },
  'is.W.16': { shape: 'all-to-all', because: 'redistributes all keys' },
  'is.A.64': { shape: 'all-to-all', because: 'redistributes all keys' },
  'mg.W.4': { shape: 'ring', because: 'neighbours on 2 x 2, which is a circle of four' },
  'mg.W.16': { shape: 'torus', because: 'neighbours on 2 x 2 x 4, closed; the coarsest grids’ 1440 bytes are pruned' },
  'mg.A.64': { shape: 'torus', because: 'neighbours on 4 x 4 x 4, closed' },
};

/** The NAS Parallel Benchmarks in `data/npb`; throws if one is missing. */
export function measuredPrograms(): Program[] {
  return Object.entries(measured).map(([name, { shape }]) => {
    const rows = readFileSync(new URL(`../../data/npb/${name}.csv`, import.meta.url), 'utf8')
      .trim()
      .split('\n');
    return { name, shape, pattern: measuredPattern(rows.map((row) => row.split(',').map(Number))) };
  });
}

/** Patterns that have a name, and ones that have none, in sizes of which no two patterns are the same. */
export function syntheticPrograms(): Program[] {
  const sizes: Record<Exclude<Shape, 'none'>, number[]> = {
    ring: [4, 9, 32, 64],
    bus: [4, 16, 63],
    mesh: [6, 12, 16, 64],
    torus: [9, 16, 24, 64],
    star: [4, 16, 64],
    'all-to-all': [4, 16, 40],
    tree: [7, 16, 64],
  };
  const all = Object.entries(sizes).flatMap(([shape, counts]) =>
    counts.map((size) => named(shape as Exclude<Shape, 'none'>, size)),
  );
  return [...all, solidMesh(3), oneWayRing(12), ...[4, 12, 16, 48].map(nameless)];
}

function named(shape: Exclude<Shape, 'none'>, size: number): Program {
  return { name: `${shape} of ${size}`, shape, pattern: syntheticPattern(shape, size) };
}

/** A mesh of three dimensions. */
function solidMesh(length: number): Program {
  const strides = [1, length, length * length];
  const size = length ** 3;
  const edges = Array.from({ length: size }, (_, from) =>
    strides
      .filter((stride) => Math.floor(from / stride) % length < length - 1)
      .flatMap((stride) => [
        { from, to: from + stride, weight: 1 },
        { from: from + stride, to: from, weight: 0.6 },
      ]),
  ).flat();
  return { name: `mesh of ${length} x ${length} x ${length}, uneven`, shape: 'mesh', pattern: { size, edges } };
}

/** A ring in which all send in one direction only. */
function oneWayRing(size: number): Program {
  const edges = Array.from({ length: size }, (_, from) => ({ from, to: (from + 1) % size, weight: 1 }));
  return { name: `one-way ring of ${size}`, shape: 'ring', pattern: { size, edges } };
}

/** Circulant graphs with steps 1 and 2, without the last few edges: far from every pattern. Of four: a triangle with a tail. */
function nameless(size: number): Program {
  const pairs =
    size === 4
      ? [
          [0, 1],
          [1, 2],
          [0, 2],
          [2, 3],
        ]
      : Array.from({ length: size }, (_, from) => [
          [from, (from + 1) % size],
          [from, (from + 2) % size],
        ])
          .flat()
          .slice(0, -3);
  const edges = pairs.flatMap(([a = 0, b = 0]) => [
    { from: a, to: b, weight: 1 },
    { from: b, to: a, weight: 0.5 },
  ]);
  return { name: `no pattern, of ${size}`, shape: 'none', pattern: { size, edges } };
}
