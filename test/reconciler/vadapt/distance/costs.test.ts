import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../reconciler/model/problem.js';
import { stageOf } from '../../../../reconciler/vadapt/distance/stage.js';
import { drawnProblem } from './drawn.js';

const steps = fc.array(fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)), { minLength: 1, maxLength: 20 });

/** Moves that are possible by place alone; room does not matter for what they cost. */
function moveOf(problem: Problem, hostOf: Int32Array, [a, b, c]: [number, number, number]) {
  const item = a % hostOf.length;
  const other = c % hostOf.length;
  const isSwap = c % 2 === 0 && hostOf[other] !== hostOf[item];
  const host = isSwap ? (hostOf[other] as number) : b % problem.hosts.length;
  return { item, host, other: isSwap ? other : -1 };
}

describe('costs', () => {
  it('changes by what moves were said to add', () => {
    const isRight = (problem: Problem, drawn: [number, number, number][]) => {
      const stage = stageOf(problem);
      if (stage === null) return;
      const { placed, costs } = stage;
      for (let item = 0; item < placed.items.count; item++) placed.put(item, item % problem.hosts.length);
      costs.recount();
      for (const draw of drawn) {
        const { item, host, other } = moveOf(problem, placed.hostOf, draw);
        if (host === placed.hostOf[item]) continue;
        const before = costs.worths.map(({ cost }) => cost);
        const deltas = costs.worths.map((worth) => worth.delta(item, host, other));
        costs.move(item, host, other);
        const kept = costs.worths.map(({ cost }) => cost);
        costs.recount();
        costs.worths.forEach(({ cost }, place) => {
          expect(kept[place]).toBeCloseTo(cost, 8);
          expect((before[place] as number) + (deltas[place] as number)).toBeCloseTo(cost, 8);
        });
      }
    };
    fc.assert(fc.property(drawnProblem, steps, isRight), { seed: 5, numRuns: 500 });
  });
});
