import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import { overlayOf } from '../../../reconciler/vadapt/overlay.js';
import { widestPath } from '../../../reconciler/vadapt/widest-path.js';
import { randomProblem } from './instances.js';

/** A graph of hosts with residual capacities by edge. */
function graph(
  hosts: number,
  capacities: readonly (readonly [number, number, number])[],
): [Problem, (edge: number) => number] {
  const problem = randomProblem(1, { hosts, vms: 2, demands: 1 });
  const edges = capacities.map(([from, to]) => ({ from, to, resources: [0], latencyMs: 1 }));
  return [{ ...problem, edges }, (edge) => capacities[edge]?.[2] as number];
}
const every = () => true;

describe('widest path', () => {
  it('takes a detour that is wider than the direct edge', () => {
    const [problem, residual] = graph(3, [
      [0, 2, 10],
      [0, 1, 50],
      [1, 2, 40],
    ]);
    expect(widestPath(overlayOf(problem), 0, 2, residual, every)).toEqual([0, 1, 2]);
  });

  it('takes the fewest hops among the widest, then hosts of lower index', () => {
    // Behind the narrow last edge all ways are equally wide: the wide detour 0 1 2 3 4 gains nothing.
    const edges = [
      [0, 1, 90],
      [1, 2, 90],
      [2, 3, 90],
      [0, 3, 20],
      [0, 5, 20],
      [3, 4, 10],
      [5, 4, 10],
    ] as const;
    const [problem, residual] = graph(6, edges);
    expect(widestPath(overlayOf(problem), 0, 4, residual, every)).toEqual([0, 3, 4]);
  });

  it('prefers the least overloaded path when all are', () => {
    const [problem, residual] = graph(3, [
      [0, 2, -30],
      [0, 1, -10],
      [1, 2, -20],
    ]);
    expect(widestPath(overlayOf(problem), 0, 2, residual, every)).toEqual([0, 1, 2]);
  });

  it('follows usable edges only, in their direction', () => {
    const [problem, residual] = graph(3, [
      [0, 2, 10],
      [0, 1, 50],
      [1, 2, 40],
    ]);
    expect(widestPath(overlayOf(problem), 0, 2, residual, (edge) => edge !== 1)).toEqual([0, 2]);
    expect(widestPath(overlayOf(problem), 2, 0, residual, every)).toBeNull();
  });

  it('is as wide as the widest of all simple paths', () => {
    const drawn = fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: -20, max: 50 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(drawn, { selector: ([a, b]) => a * 5 + b, maxLength: 16 }), (capacities) => {
        const edges = capacities.filter(([from, to]) => from !== to);
        const [problem, residual] = graph(5, edges);
        const path = widestPath(overlayOf(problem), 0, 4, residual, every);
        const widthOf = (hosts: readonly number[]) =>
          Math.min(
            ...hosts.slice(1).map((to, hop) => edges.find(([a, b]) => a === hosts[hop] && b === to)?.[2] ?? Number.NaN),
          );
        const all = simplePaths(edges, [0], 4);
        expect(path === null).toBe(all.length === 0);
        if (path === null) return;
        const widest = Math.max(...all.map(widthOf));
        expect(widthOf(path)).toBe(widest);
        expect(path.length).toBe(
          Math.min(...all.filter((each) => widthOf(each) === widest).map((each) => each.length)),
        );
      }),
      { seed: 18, numRuns: 300 },
    );
  });
});

function simplePaths(edges: readonly (readonly [number, number, number])[], path: number[], to: number): number[][] {
  if (path.at(-1) === to) return [path];
  return edges.flatMap(([a, b]) =>
    a === path.at(-1) && !path.includes(b) ? simplePaths(edges, [...path, b], to) : [],
  );
}
