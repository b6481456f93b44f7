import type { PairRate } from '../../../reconciler/model/pair.js';

export type Edges = [number, number][];

const all = (n: number) => Array.from({ length: n }, (_, i) => i);

export const ring = (n: number): Edges => all(n).map((i) => [i, (i + 1) % n]);
export const bus = (n: number): Edges => all(n - 1).map((i) => [i, i + 1]);
export const star = (n: number): Edges => all(n - 1).map((i) => [0, i + 1]);
export const allToAll = (n: number): Edges => all(n).flatMap((i) => all(i).map((j): [number, number] => [i, j]));
export const tree = (n: number): Edges => all(n - 1).map((i) => [i + 1, i >> 1]);

/** A grid of any lengths; closed in each dimension if `wraps`. */
export function grid(lengths: readonly number[], wraps: boolean): Edges {
  const size = lengths.reduce((product, length) => product * length, 1);
  let stride = 1;
  const edges: Edges = [];
  for (const length of lengths) {
    for (const place of all(size)) {
      const at = Math.floor(place / stride) % length;
      if (at + 1 < length) edges.push([place, place + stride]);
      else if (wraps && length > 2) edges.push([place, place - at * stride]);
    }
    stride *= length;
  }
  return edges;
}

const addressOf = (vm: number) =>
  `02:00:00:00:${(vm >> 8).toString(16).padStart(2, '0')}:${(vm & 255).toString(16).padStart(2, '0')}`;

/** Entries of a matrix; `rate` of each edge, `order` which VM stands where. */
export function entriesOf(
  edges: Edges,
  rate: (index: number) => number = () => 1,
  order?: readonly number[],
): PairRate[] {
  const at = (vm: number) => addressOf(order?.[vm] ?? vm);
  return edges.map(([a, b], index) => ({ network: 'net', source: at(a), destination: at(b), rateMbps: rate(index) }));
}
