import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import { evaluate } from '../../../reconciler/vadapt/evaluate.js';
import { differenceDeviation } from '../../../reconciler/vadapt/sensitivity.js';
import { fig14SharedWan } from './instances.js';

const drawn = fig14SharedWan();
/** No two capacities alike: of two places that are equally narrow, neither one alone limits. */
const problem = {
  ...drawn,
  resources: drawn.resources.map((each, index) => ({ ...each, capacityMbps: each.capacityMbps + index / 10 })),
};
const configuration = (mapping: number[]) => ({
  mapping,
  paths: problem.demands.map(({ source, destination }) => [mapping[source] ?? -1, mapping[destination] ?? -1]),
});
/** One overloads interfaces of domain 1, the other nothing but the trunk. */
const [crowded, settled] = [configuration([0, 1, 2, 3]), configuration([3, 4, 5, 1])];

const withDeviations = (deviationMbps: number): Problem => ({
  ...problem,
  resources: problem.resources.map((each) => ({ ...each, deviationMbps })),
});

/** The difference of two values, after one capacity has grown a little. */
function difference(level: 'path' | 'edge', resource: number, byMbps: number) {
  const resources = problem.resources.map((each, index) =>
    index === resource ? { ...each, capacityMbps: each.capacityMbps + byMbps } : each,
  );
  const changed = { ...problem, resources, objective: { level, goal: 'maximise' as const } };
  const [a, b] = [crowded, settled].map(({ mapping, paths }) => evaluate(changed, mapping, paths));
  return [(a?.unmetMbps ?? 0) - (b?.unmetMbps ?? 0), (a?.objectiveMbps ?? 0) - (b?.objectiveMbps ?? 0)] as const;
}

describe('how uncertain a difference of two configurations is', () => {
  it.each(['path', 'edge'] as const)('follows from what each capacity does to it: %s level', (level) => {
    const step = 1e-4;
    const slopes = problem.resources.map((_, resource) => {
      const [before, after] = [difference(level, resource, 0), difference(level, resource, step)];
      return [(after[0] - before[0]) / step, (after[1] - before[1]) / step] as const;
    });
    const objective = { level, goal: 'maximise' as const };
    const deviation = differenceDeviation({ ...withDeviations(2), objective }, crowded, settled);
    expect(deviation.unmetMbps).toBeCloseTo(2 * Math.hypot(...slopes.map(([unmet]) => unmet)), 2);
    expect(deviation.objectiveMbps).toBeCloseTo(2 * Math.hypot(...slopes.map(([, value]) => value)), 2);
    expect(deviation.unmetMbps).toBeGreaterThan(0);
  });

  it('is nothing where capacities are certain, or both rest on them alike', () => {
    const none = { unmetMbps: 0, objectiveMbps: 0 };
    expect(differenceDeviation(problem, crowded, settled)).toEqual(none);
    expect(differenceDeviation(withDeviations(5), settled, settled)).toEqual(none);
  });
});
