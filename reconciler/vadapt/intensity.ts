import type { Problem } from '../model/problem.js';

/** VTTIF's adjacency list: two VMs and the traffic between them in both directions. */
export interface VmPair {
  a: number;
  b: number;
  rateMbps: number;
}

/** Pairs of communicating VMs by decreasing intensity, then by index. */
export function vmPairsByIntensity({ demands, vms }: Problem): VmPair[] {
  const pairs = new Map<number, VmPair>();
  for (const { source, destination, rateMbps } of demands) {
    if (source === destination) continue;
    const [a, b] = [Math.min(source, destination), Math.max(source, destination)];
    const pair = pairs.get(a * vms.length + b) ?? { a, b, rateMbps: 0 };
    pair.rateMbps += rateMbps;
    pairs.set(a * vms.length + b, pair);
  }
  return [...pairs.values()].sort((x, y) => y.rateMbps - x.rateMbps || x.a - y.a || x.b - y.b);
}

/**
 * Members of a list of pairs, each once, breadth-first: from the first of the first pair to its partners in the order of the
 * list, then to theirs; then from the first pair that was not reached.
 */
export function flattenBreadthFirst(pairs: readonly { a: number; b: number }[]): number[] {
  const partners = new Map<number, number[]>();
  const add = (from: number, to: number) => {
    const list = partners.get(from);
    if (list) list.push(to);
    else partners.set(from, [to]);
  };
  for (const { a, b } of pairs) {
    add(a, b);
    add(b, a);
  }
  const seen = new Set<number>();
  for (const { a } of pairs) {
    if (seen.has(a)) continue;
    seen.add(a);
    const queue = [a];
    for (const member of queue) {
      for (const partner of partners.get(member) ?? []) {
        if (seen.has(partner)) continue;
        seen.add(partner);
        queue.push(partner);
      }
    }
  }
  return [...seen];
}
