import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import { evaluate, residuals } from '../../../reconciler/vadapt/evaluate.js';

const resources = ['a internal', 'b internal', 'c internal', 'trunk', 'a>b', 'b>c', 'c>a'];
const capacitiesMbps = [100, 100, 100, 30, 50, 60, 70];

/** Hosts a, b, c in a ring of edges; a>b and b>c cross the same trunk of 30 Mb/s. */
function ring(level: 'path' | 'edge'): Problem {
  return {
    hosts: ['a', 'b', 'c'].map((name, internal) => ({
      name,
      computeCores: 1,
      memoryMib: 1,
      maxGuests: null,
      internal,
    })),
    vms: ['v', 'w'].map((name) => ({
      name,
      computeCores: 0,
      memoryMib: 0,
      current: null,
      allowed: [0, 1, 2],
      proxy: 1,
    })),
    demands: [
      { source: 0, destination: 1, rateMbps: 10 },
      { source: 1, destination: 0, rateMbps: 20 },
    ],
    resources: resources.map((name, place) => ({ name, capacityMbps: capacitiesMbps[place] as number })),
    edges: [
      { from: 0, to: 1, resources: [4, 3], latencyMs: 1 },
      { from: 1, to: 2, resources: [5, 3], latencyMs: 1 },
      { from: 2, to: 0, resources: [6], latencyMs: 1 },
    ],
    objective: { level, goal: 'maximise' },
    fastPath: null,
  };
}

describe('evaluate', () => {
  it('loads a shared resource once for each crossing', () => {
    const paths = [
      [0, 1, 2],
      [2, 0],
    ];
    expect(residuals(ring('path'), [0, 2], paths)).toEqual([
      { residualMbps: 10, bottleneck: 3, shortfallMbps: 0 },
      { residualMbps: 50, bottleneck: 6, shortfallMbps: 0 },
    ]);
    expect(evaluate(ring('path'), [0, 2], paths)).toEqual({ unmetMbps: 0, values: [60] });
    expect(evaluate(ring('edge'), [0, 2], paths)).toEqual({ unmetMbps: 0, values: [10 + 10 + 50] });
  });

  it('shares an overloaded resource in proportion', () => {
    // The trunk carries 10 once and 20 twice, 50 Mb/s on 30: each demand loses 2/5.
    const problem = ring('path');
    problem.edges[2] = { from: 2, to: 0, resources: [3, 3], latencyMs: 1 };
    problem.vms[1] = { ...(problem.vms[1] as Problem['vms'][0]), name: 'w' };
    const paths = [
      [0, 1],
      [1, 2, 0],
    ];
    const loadMbps = 10 + 20 + 40;
    const lost = 1 - 30 / loadMbps;
    expect(evaluate(problem, [0, 1], paths).unmetMbps).toBeCloseTo(30 * lost);
    expect(evaluate(problem, [0, 1], paths).values[0]).toBe(0);
  });

  it('lets co-located VMs use the host alone', () => {
    expect(evaluate(ring('path'), [1, 1], [[1], [1]])).toEqual({ unmetMbps: 0, values: [140] });
    expect(evaluate(ring('edge'), [1, 1], [[1], [1]])).toEqual({ unmetMbps: 0, values: [0] });
  });

  it('counts a demand over a missing edge as unmet', () => {
    expect(
      residuals(
        ring('path'),
        [0, 1],
        [
          [0, 1],
          [1, 0],
        ],
      )[1],
    ).toEqual({
      residualMbps: 0,
      bottleneck: null,
      shortfallMbps: 20,
    });
  });

  it('rejects a path that does not join the hosts of its VMs', () => {
    expect(() =>
      evaluate(
        ring('path'),
        [0, 2],
        [
          [0, 1],
          [2, 0],
        ],
      ),
    ).toThrow(/path 0 1 of demand 0/);
  });
});
