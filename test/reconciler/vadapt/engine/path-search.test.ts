import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphOf } from '../../../../reconciler/vadapt/engine/graph.js';
import { PathSearch } from '../../../../reconciler/vadapt/engine/path-search.js';
import { Paths } from '../../../../reconciler/vadapt/engine/paths.js';
import { widestWidths } from '../../../../reconciler/vadapt/engine/widths.js';
import { randomProblem } from '../instances.js';

type Capacities = readonly (readonly [from: number, to: number, mbps: number])[];

/** A graph in which every edge has a residual capacity of its own; negative ones are overloaded. */
function graph(hosts: number, capacities: Capacities) {
  const problem = randomProblem(1, { hosts, vms: 2, demands: 1 });
  const first = problem.resources.length;
  const own = capacities.map(([, , capacityMbps], edge) => ({ name: `edge ${edge}`, capacityMbps }));
  const edges = capacities.map(([from, to], edge) => ({ from, to, resources: [first + edge], latencyMs: 1 }));
  return graphOf({ ...problem, resources: [...problem.resources, ...own], edges });
}

/** The hosts of the widest path; null where there is none. */
function widestPath(hosts: number, capacities: Capacities, from: number, to: number, mayTake = (_: number) => true) {
  const made = graph(hosts, capacities);
  const found = { edges: new Int32Array(hosts), length: 0 };
  new PathSearch(made).widest(new Paths(made), from, to, mayTake, found);
  if (found.length === 0) return null;
  return [from, ...Array.from(found.edges.subarray(0, found.length), (edge) => made.to[edge] as number)];
}

describe('the widest path', () => {
  const detour: Capacities = [
    [0, 2, 10],
    [0, 1, 50],
    [1, 2, 40],
  ];

  it('takes a detour that is wider than the direct edge', () => {
    expect(widestPath(3, detour, 0, 2)).toEqual([0, 1, 2]);
  });

  it('takes the fewest hops among the widest', () => {
    // Behind the narrow last edge all ways are equally wide: the wide detour 0 1 2 3 4 gains nothing.
    const edges: Capacities = [
      [0, 1, 90],
      [1, 2, 90],
      [2, 3, 90],
      [0, 3, 20],
      [3, 4, 10],
    ];
    expect(widestPath(6, edges, 0, 4)).toEqual([0, 3, 4]);
  });

  it('prefers the least overloaded path when all are', () => {
    expect(
      widestPath(
        3,
        [
          [0, 2, -30],
          [0, 1, -10],
          [1, 2, -20],
        ],
        0,
        2,
      ),
    ).toEqual([0, 1, 2]);
  });

  it('follows usable edges only, in their direction', () => {
    expect(widestPath(3, detour, 0, 2, (edge) => edge !== 1)).toEqual([0, 2]);
    expect(widestPath(3, detour, 2, 0)).toBeNull();
  });

  it('is as wide as the widest of all simple paths, which is what the unloaded graph gives', () => {
    const host = fc.integer({ min: 0, max: 4 });
    const drawn = fc.tuple(host, host, fc.integer({ min: -20, max: 50 }));
    fc.assert(
      fc.property(fc.uniqueArray(drawn, { selector: ([a, b]) => a * 5 + b, maxLength: 16 }), (capacities) => {
        const edges = capacities.filter(([from, to]) => from !== to);
        const path = widestPath(5, edges, 0, 4);
        const widthOf = (hosts: readonly number[]) =>
          Math.min(
            ...hosts.slice(1).map((to, hop) => edges.find(([a, b]) => a === hosts[hop] && b === to)?.[2] ?? Number.NaN),
          );
        const all = simplePaths(edges, [0], 4);
        expect(path === null).toBe(all.length === 0);
        const widest = Math.max(0, ...all.map(widthOf));
        expect(widestWidths(graph(5, edges))[4]).toBe(widest);
        if (path === null) return;
        const best = Math.max(...all.map(widthOf));
        expect(widthOf(path)).toBe(best);
        expect(path.length).toBe(Math.min(...all.filter((each) => widthOf(each) === best).map((each) => each.length)));
      }),
      { seed: 18, numRuns: 300 },
    );
  });
});

function simplePaths(edges: Capacities, path: number[], to: number): number[][] {
  if (path.at(-1) === to) return [path];
  return edges.flatMap(([a, b]) =>
    a === path.at(-1) && !path.includes(b) ? simplePaths(edges, [...path, b], to) : [],
  );
}
