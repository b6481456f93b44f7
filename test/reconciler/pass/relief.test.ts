import { describe, expect, it } from 'vitest';
import type { Solution } from '../../../reconciler/model/problem.js';
import { heldBackDemands, relieves } from '../../../reconciler/pass/relief.js';
import { fig14SharedWan } from '../vadapt/instances.js';

const problem = fig14SharedWan();
const mapping = problem.vms.map(({ current }) => current ?? -1);
const solution = (route: (from: number, to: number) => number[]): Solution => {
  const paths = problem.demands.map(({ source, destination }) =>
    route(mapping[source] ?? -1, mapping[destination] ?? -1),
  );
  const score = { unmetMbps: 0, values: [0] };
  const rest = { algorithm: 'test', iterations: 0, values: [0], boundValue: 0, isProved: false };
  return { mapping, paths, score, bound: { unmetMbps: 0, value: 0 }, ...rest };
};
const direct = solution((from, to) => [from, to]);
const overStar = solution((from, to) => (from === 0 || to === 0 ? [from, to] : [from, 0, to]));
const all = new Set(problem.demands.keys());

describe('relieves', () => {
  it('is so of links that take what is held back off the star', () => {
    expect(relieves(problem, all, overStar, direct)).toBe(true);
  });

  it('is not so where nothing is held back, nothing changes, or there is less room', () => {
    expect(relieves(problem, new Set(), overStar, direct)).toBe(false);
    expect(relieves(problem, all, direct, direct)).toBe(false);
    expect(relieves(problem, all, direct, overStar)).toBe(false);
  });
});

describe('heldBackDemands', () => {
  it('are those of at least their rate, by their place in the problem', () => {
    const nameOf = (vm: number) => problem.vms[vm]?.name ?? '';
    const demands = problem.demands.map(({ source, destination, rateMbps }, place) => {
      const origin = place % 2 === 0 ? ('at-least' as const) : ('observed' as const);
      return { source: nameOf(source), destination: nameOf(destination), rateMbps, origin };
    });
    const reversed = demands.toReversed();
    const even = [...demands.keys()].filter((place) => place % 2 === 0);
    expect([...heldBackDemands(problem, { demands: reversed })]).toEqual(even);
  });
});
