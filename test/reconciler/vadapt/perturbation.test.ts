import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { overlayOf } from '../../../reconciler/vadapt/overlay.js';
import { perturb, perturbPath } from '../../../reconciler/vadapt/perturbation.js';
import { Placement } from '../../../reconciler/vadapt/placement.js';
import { routeOver } from '../../../reconciler/vadapt/route.js';
import { solve } from '../../../reconciler/vadapt/solve.js';
import { randomProblem } from './instances.js';
import { breaches, referenceScore } from './reference.js';

describe('the perturbation of a path', () => {
  it('inserts, deletes or swaps inner hosts, keeps the ends and visits no host twice', () => {
    const seen = { inserted: 0, deleted: 0, swapped: 0 };
    const paths = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(paths, fc.integer(), (path, seed) => {
        const perturbed = perturbPath(path, 8, xoroshiro128plus(seed));
        if (perturbed === null) return;
        expect([perturbed[0], perturbed.at(-1)]).toEqual([path[0], path.at(-1)]);
        expect(new Set(perturbed).size).toBe(perturbed.length);
        const longer = perturbed.length - path.length;
        if (longer === 1) seen.inserted++;
        else if (longer === -1) seen.deleted++;
        else if (longer === 0) {
          expect(perturbed.filter((host, place) => host !== path[place])).toHaveLength(2);
          seen.swapped++;
        } else expect.unreachable(`${longer} hosts more`);
      }),
      { seed: 19, numRuns: 600 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(40);
  });
});

describe('the perturbation of a placement', () => {
  it('keeps every constraint, and can be undone', () => {
    let changed = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 3 }), (seed, links) => {
        const problem = randomProblem(seed, { hosts: 6, vms: 7, demands: 9, fastPath: { kind: 'count', links } });
        const solution = solve(problem, { algorithm: 'greedy-order', seed: 1, iterations: 0 });
        if ('kind' in solution) return;
        const overlay = overlayOf(problem);
        const { mapping } = solution;
        const placement = new Placement(overlay, {
          mapping,
          routes: solution.paths.map((path) => routeOver(overlay, path)),
        });
        const random = xoroshiro128plus(seed);
        for (let step = 0; step < 40; step++) {
          const before = placement.save(placement.standing());
          const isChanged = perturb(placement, random);
          const after = placement.save(placement.standing());
          const paths = after.routes.map((route) => [...route.hosts]);
          expect(breaches(problem, { mapping: [...after.mapping], paths })).toEqual([]);
          const { unmetMbps, objectiveMbps } = referenceScore(problem, paths);
          expect(after.standing.score.unmetMbps).toBeCloseTo(unmetMbps, 6);
          expect(after.standing.score.objectiveMbps).toBeCloseTo(objectiveMbps, 6);
          if (isChanged) changed++;
          if (isChanged && step % 2 === 0) placement.undo();
          if (!isChanged || step % 2 === 0) expect(placement.save(before.standing)).toEqual(before);
          placement.keep();
        }
      }),
      { seed: 20, numRuns: 60 },
    );
    expect(changed).toBeGreaterThan(500);
  });
});
