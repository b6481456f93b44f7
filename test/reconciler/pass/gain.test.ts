import { describe, expect, it } from 'vitest';
import type { Problem, Solution } from '../../../reconciler/model/problem.js';
import { type GainTerms, isBetterScore, weigh } from '../../../reconciler/pass/gain.js';
import type { Objective } from '../../../schema/generated/types.js';
import { readObjective } from '../../../schema/objective/read-objective.js';
import { fig14SharedWan } from '../vadapt/instances.js';

const terms: GainTerms = { minimumGain: 0.05, isAtRest: false, paybackSeconds: 600, returnFactor: 2 };

function striving(spec: Partial<Objective['spec']>): Problem {
  const whole = { level: 'path' as const, goal: 'maximise' as const, ...spec };
  const read = readObjective(whole);
  if (read.kind === 'refused') throw new Error(read.faults[0]?.summary);
  return { ...fig14SharedWan(), objective: { level: whole.level, goal: whole.goal, ranks: read.ranks } };
}

/** Where Fig. 14 begins, said to be worth this. */
function worth(unmetMbps: number, ...values: number[]): Solution {
  const { vms, demands } = fig14SharedWan();
  const mapping = vms.map(({ current }) => current ?? -1);
  const paths = demands.map(({ source, destination }) => [mapping[source] ?? -1, mapping[destination] ?? -1]);
  const rest = { bound: { unmetMbps: 0, value: 0 }, isProved: false, iterations: 0, algorithm: 'none' };
  return { mapping, paths, score: { unmetMbps, values }, ...rest };
}

describe('what a gain is of', () => {
  // All demand is 330 Mb/s.
  const room = striving({});

  it('is unmet demand, where that is enough', () => {
    const found = weigh(room, terms, worth(310, 0), worth(10, 5370));
    expect(found).toEqual({ kind: 'worth', gain: 300 / 330, cost: 0 });
  });

  it('is the objective, where that is what makes it worth it', () => {
    const found = weigh(room, terms, worth(14, 100), worth(10, 387));
    expect(found).toMatchObject({ kind: 'worth', gain: expect.closeTo(2.87) });
    expect(weigh(room, terms, worth(14, 100), worth(10, 101))).toMatchObject({ kind: 'too-little', gain: 4 / 330 });
    expect(weigh(room, terms, worth(14, 100), worth(10, 104))).toMatchObject({
      kind: 'too-little',
      gain: expect.closeTo(0.04),
    });
  });

  it('is nothing where more is unmet', () => {
    expect(weigh(room, terms, worth(0, 100), worth(1, 900))).toMatchObject({ kind: 'too-little', gain: 0 });
  });

  it('is not large because there was hardly any room', () => {
    expect(weigh(room, terms, worth(0, 0.001), worth(0, 0.04)).kind).toBe('too-little');
  });
});

describe('a gain of an expression', () => {
  it('is a share of what it was, in whatever unit', () => {
    const near = striving({ goal: 'minimise', expression: 'max(pathLatency)' });
    expect(weigh(near, terms, worth(0, 0.3), worth(0, 0.1))).toMatchObject({
      kind: 'worth',
      gain: expect.closeTo(2 / 3),
    });
    expect(weigh(near, terms, worth(0, 300), worth(0, 299)).kind).toBe('too-little');
    expect(weigh(near, terms, worth(0, 0.1), worth(0, 0.3)).kind).toBe('too-little');
  });

  it('is whole where there was nothing before, and none by rounding alone', () => {
    const share = striving({ expression: 'min(bottleneck) / 1Gbps' });
    expect(weigh(share, terms, worth(0, 0), worth(0, 0.02))).toMatchObject({ kind: 'worth', gain: 1 });
    expect(weigh(share, terms, worth(0, 0), worth(0, 1e-12))).toMatchObject({ kind: 'too-little', gain: 0 });
  });

  it('is not large because what it adds up cancels', () => {
    // 12 paths of Fig. 14 as it begins: 6 of them cross the WAN, of 20 ms; nothing is left there.
    const weighed = striving({ expression: 'sum(bottleneck) - 1Mbps / 1ms * sum(pathLatency) + 70Mbps' });
    const found = weigh(weighed, terms, worth(0, 1), worth(0, 3));
    expect(found.gain).toBeLessThan(0.05);
    expect(found.kind).toBe('too-little');
  });
});

describe('a tie-break', () => {
  const tied = striving({ tieBreaks: [{ goal: 'minimise', expression: 'sum(hops)' }] });

  it('counts where the objective is equal', () => {
    expect(weigh(tied, terms, worth(0, 100, 24), worth(0, 100, 12))).toMatchObject({ kind: 'worth', gain: 0.5 });
    expect(weigh(tied, terms, worth(0, 100, 24), worth(0, 100 + 1e-9, 23.5)).kind).toBe('too-little');
    expect(isBetterScore(tied, { unmetMbps: 0, values: [100, 12] }, { unmetMbps: 0, values: [100, 24] })).toBe(true);
  });

  it('makes up for nothing before it', () => {
    expect(weigh(tied, terms, worth(0, 100, 24), worth(0, 100.1, 1)).kind).toBe('too-little');
    expect(weigh(tied, terms, worth(0, 100, 24), worth(0, 99.9, 1))).toMatchObject({ kind: 'too-little', gain: 0 });
    expect(isBetterScore(tied, { unmetMbps: 0, values: [99, 12] }, { unmetMbps: 0, values: [100, 24] })).toBe(false);
  });

  it('has to be surer than capacities are', () => {
    const room = striving({
      goal: 'minimise',
      expression: 'moves',
      tieBreaks: [{ goal: 'maximise', expression: 'sum(bottleneck) / 1Gbps' }],
    });
    const resources = room.resources.map((each) => ({ ...each, deviationMbps: 1 }));
    const moved = (): Solution => {
      const mapping = [3, 4, 5, 1];
      const paths = room.demands.map(({ source, destination }) => [mapping[source] ?? -1, mapping[destination] ?? -1]);
      return { ...worth(0, 0, 0.53), mapping, paths };
    };
    expect(weigh(room, terms, worth(0, 0, 0.5), moved()).kind).toBe('worth');
    // Six paths rest on interfaces that nothing rested on before: 1 Mb/s of each may well be what is gained.
    expect(
      weigh({ ...room, resources }, terms, worth(0, 0, 0.01), {
        ...moved(),
        score: { unmetMbps: 0, values: [0, 0.012] },
      }).kind,
    ).toBe('uncertain');
  });
});
