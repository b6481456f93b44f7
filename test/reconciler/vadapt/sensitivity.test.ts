import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import type { Configured } from '../../../reconciler/vadapt/engine/configuration.js';
import { evaluate } from '../../../reconciler/vadapt/evaluate.js';
import { differenceDeviation } from '../../../reconciler/vadapt/sensitivity.js';
import { readObjective } from '../../../schema/objective/read-objective.js';
import { drawFrom } from '../../generators/draw.js';
import { fig14SharedWan, randomProblem } from './instances.js';
import { randomConfiguration } from './random-configuration.js';

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

const ranked = (level: 'path' | 'edge', expression: string, tieBreaks: string[] = []): Problem['objective'] => {
  const rest = tieBreaks.map((each) => ({ goal: 'minimise' as const, expression: each }));
  const read = readObjective({ level, goal: 'maximise', expression, tieBreaks: rest });
  if (read.kind === 'refused') throw new Error(read.faults[0]?.summary);
  return { level, goal: 'maximise', ranks: read.ranks };
};

/** The difference of two values, after one capacity has grown a little. */
function difference(level: 'path' | 'edge', resource: number, byMbps: number) {
  const resources = problem.resources.map((each, index) =>
    index === resource ? { ...each, capacityMbps: each.capacityMbps + byMbps } : each,
  );
  const changed = { ...problem, resources, objective: { level, goal: 'maximise' as const } };
  const [a, b] = [crowded, settled].map(({ mapping, paths }) => evaluate(changed, mapping, paths));
  return [(a?.unmetMbps ?? 0) - (b?.unmetMbps ?? 0), (a?.values[0] ?? 0) - (b?.values[0] ?? 0)] as const;
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
    expect(deviation.value).toBeCloseTo(2 * Math.hypot(...slopes.map(([, value]) => value)), 2);
    expect(deviation.unmetMbps).toBeGreaterThan(0);
  });

  it.each([
    ['path', 'sum(bottleneck)', '2 * sum(bottleneck) / 2'],
    ['edge', 'sum(residual)', 'sum(residual + 0 * load)'],
  ] as const)('is by differences what it is exactly: %s level', (level, preset, otherwise) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const shape = { hosts: 5, vms: 4, demands: 8, objective: { level, goal: 'maximise' as const } };
        const drawn = randomProblem(seed, shape);
        const draw = drawFrom(seed);
        const resources = drawn.resources.map((each) => ({
          ...each,
          capacityMbps: each.capacityMbps * (1 + draw(1000) / 9973),
          deviationMbps: each.capacityMbps * (draw(100) / 100),
        }));
        const uncertain = (expression: string) => ({ ...drawn, resources, objective: ranked(level, expression) });
        const [a, b] = [randomConfiguration(seed, drawn), randomConfiguration(seed + 1, drawn)];
        const exact = differenceDeviation(uncertain(preset), a, b);
        const found = differenceDeviation(uncertain(otherwise), a, b);
        expect(found.unmetMbps).toBe(exact.unmetMbps);
        expect(Math.abs(found.value - exact.value)).toBeLessThan(1e-6 * Math.max(1e-3, exact.value));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('is that of the rank which is asked for, in its unit', () => {
    const deviation = (expression: string, tieBreaks: string[] = [], rank = 0) =>
      differenceDeviation(
        { ...withDeviations(2), objective: ranked('path', expression, tieBreaks) },
        crowded,
        settled,
        rank,
      );
    const room = deviation('sum(bottleneck)').value;
    expect(room).toBeGreaterThan(0);
    expect(deviation('sum(pathLatency)', ['moves', 'sum(bottleneck) / 1Gbps'], 2).value).toBeCloseTo(room / 1000, 9);
    // Capacities do not change how far it is.
    expect(deviation('sum(pathLatency)').value).toBe(0);
    // What is not met of demands is known exactly, too.
    expect(deviation('sum(unmet)').value).toBeCloseTo(deviation('sum(bottleneck)').unmetMbps, 5);
  });

  it('counts capacities that an expression names', () => {
    const found = differenceDeviation(
      { ...withDeviations(2), objective: ranked('edge', 'sum(capacity)') },
      crowded,
      settled,
    );
    const narrowest = ({ mapping, paths }: Configured) => {
      const slopes = new Map<number, number>();
      for (const key of new Set(paths.map((path) => path.join(' ')))) {
        const [from, to] = key.split(' ').map(Number);
        const edge = problem.edges.find((each) => each.from === from && each.to === to);
        const [least] = [...(edge?.resources ?? [])].sort(
          (i, j) => (problem.resources[i]?.capacityMbps ?? 0) - (problem.resources[j]?.capacityMbps ?? 0),
        );
        if (least !== undefined && mapping.length > 0) slopes.set(least, (slopes.get(least) ?? 0) + 1);
      }
      return problem.resources.map((_, resource) => slopes.get(resource) ?? 0);
    };
    const [a, b] = [narrowest(crowded), narrowest(settled)];
    expect(found.value).toBeCloseTo(2 * Math.hypot(...a.map((slope, resource) => slope - (b[resource] ?? 0))), 5);
  });

  it('is nothing where capacities are certain, or both rest on them alike', () => {
    const none = { unmetMbps: 0, value: 0 };
    expect(differenceDeviation(problem, crowded, settled)).toEqual(none);
    expect(differenceDeviation(withDeviations(5), settled, settled)).toEqual(none);
  });
});
