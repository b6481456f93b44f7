import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../reconciler/model/problem.js';
import { type Proof, prove } from '../../../../reconciler/vadapt/exact/prove.js';
import { fig14IndependentEdges, fig14SharedWan, randomProblem } from '../instances.js';
import { breaches } from '../reference.js';
import { bestOfAll, isBetter } from './all-configurations.js';
import { constrainedProblem, objectives } from './constrained-problems.js';

const cases = Math.ceil(Number(process.env.VIRTUOSO_VADAPT_CASES ?? 2000) / 10);

function proved(problem: Problem, steps = 1e7): Proof {
  const proof = prove(problem, { steps });
  if ('kind' in proof) throw new Error(proof.message);
  return proof;
}

describe('against all configurations', () => {
  it('is the best there is under every kind of constraint and objective, and says when there is none', () => {
    const solved = objectives.map(() => 0);
    let unmet = 0;
    for (let seed = 1; seed <= cases; seed++) {
      const problem = constrainedProblem(seed, seed);
      const best = bestOfAll(problem, seed);
      const proof = prove(problem, { steps: 1e7 });
      expect('kind' in proof, `seed ${seed}`).toBe(best === null);
      if ('kind' in proof || best === null) continue;
      expect(proof.isProved, `seed ${seed}`).toBe(true);
      const found = proof.best as NonNullable<Proof['best']>;
      const text = `seed ${seed}: ${JSON.stringify({ best, found })}`;
      expect(isBetter(best, found, seed) || isBetter(found, best, seed), text).toBe(false);
      expect(breaches(problem, found), text).toEqual([]);
      solved[seed % objectives.length] = (solved[seed % objectives.length] as number) + 1;
      if (best.unmetMbps > 1) unmet++;
    }
    expect(Math.min(...solved)).toBeGreaterThan(cases / 30);
    expect(unmet).toBeGreaterThan(cases / 20);
  });

  it('gives a bound that holds when steps run out, and never less than the start', () => {
    for (let seed = 1; seed <= cases; seed++) {
      const problem = constrainedProblem(seed, seed);
      const best = bestOfAll(problem, seed);
      const start = prove(problem, { steps: 1e7 });
      if ('kind' in start || best === null || start.best === null) continue;
      for (const steps of [1, 30, 200]) {
        const cut = prove(problem, { steps });
        if ('kind' in cut) throw new Error(cut.message);
        const reach = { unmetMbps: cut.bound.unmetMbps, values: [cut.bound.value] };
        const first = { unmetMbps: best.unmetMbps, values: best.values.slice(0, 1) };
        expect(isBetter(first, reach, firstRank(seed)), `seed ${seed}, ${steps} steps`).toBe(false);
        const again = prove(problem, { steps, start: start.best });
        if ('kind' in again) throw new Error(again.message);
        expect(again.best === null || isBetter(start.best, again.best, seed), `seed ${seed}`).toBe(false);
      }
    }
  });
});

/** The place of an objective with one rank and the same goal. */
function firstRank(place: number): number {
  return objectives[place % objectives.length]?.goal === 'maximise' ? 0 : 1;
}

describe('where all demands can be met', () => {
  it('finds the best paths of VMs that stay where they are, with much to get in the way of', () => {
    let met = 0;
    for (let seed = 1; seed <= cases / 6; seed++) {
      const drawn = randomProblem(seed, { hosts: 4, vms: 4, demands: 5 });
      const problem: Problem = {
        ...drawn,
        hosts: drawn.hosts.map((host) => ({ ...host, computeCores: 9, memoryMib: 9999 })),
        vms: drawn.vms.map((vm, place) => ({ ...vm, allowed: [place] })),
        resources: drawn.resources.map((each) => ({ ...each, capacityMbps: 4 * each.capacityMbps })),
      };
      const best = bestOfAll(problem, 0);
      const { best: found, isProved } = proved(problem);
      expect(isProved, `seed ${seed}`).toBe(true);
      expect(found?.unmetMbps, `seed ${seed}`).toBeCloseTo(best?.unmetMbps as number, 5);
      expect(found?.values[0], `seed ${seed}`).toBeCloseTo(best?.values[0] as number, 5);
      if (best?.unmetMbps === 0) met++;
    }
    expect(met).toBeGreaterThan(cases / 10);
  });
});

describe('Fig. 14', () => {
  it.each([
    ['with a capacity for every edge', fig14IndependentEdges(), { unmetMbps: 0, value: 5730 }],
    ['with one WAN', fig14SharedWan(), { unmetMbps: 10, value: 5370 }],
  ])('%s is proved in a few steps', (_, problem, optimum) => {
    const proof = proved(problem, 60_000);
    expect(proof.isProved).toBe(true);
    expect(proof.best?.unmetMbps).toBeCloseTo(optimum.unmetMbps, 6);
    expect(proof.best?.values[0]).toBeCloseTo(optimum.value, 6);
    expect(breaches(problem, proof.best as NonNullable<Proof['best']>)).toEqual([]);
  });
});

describe('prove', () => {
  it('is the same whenever it is asked', () => {
    const problem = constrainedProblem(11, 0);
    expect(JSON.stringify(prove(structuredClone(problem), { steps: 500 }))).toBe(
      JSON.stringify(prove(problem, { steps: 500 })),
    );
  });

  it('does not take a start that breaks constraints', () => {
    const problem = fig14SharedWan();
    const optimum = proved(problem).best as NonNullable<Proof['best']>;
    const vms = problem.vms.map((vm, place) => (place === 0 ? { ...vm, allowed: [0, 1] } : vm));
    const proof = prove({ ...problem, vms }, { steps: 1e6, start: optimum });
    if ('kind' in proof) throw new Error(proof.message);
    expect(proof.best?.mapping[0]).toBeLessThan(2);
  });
});
