import { expect, it } from 'vitest';
import type { Solution } from '../../../reconciler/model/problem.js';
import type { Choice } from '../../../reconciler/pass/choose.js';
import { lesserChoices } from '../../../reconciler/pass/lesser-choices.js';
import { unsafe } from '../../../reconciler/plan/unsafe.js';

const solution = (algorithm: string) => ({ algorithm }) as Solution;
const choice: Choice = {
  ...{ kind: 'choice', verdict: 'adapt', reason: 'It pays.', before: null, levers: [] },
  ...{ solution: solution('all'), fewerMoves: solution('fewer'), asItRuns: solution('none') },
};
const tried = (limit: string, of = choice) =>
  lesserChoices(of, unsafe(limit, 'Too much.')).map(
    (each) => `${each.verdict} ${each.solution.algorithm}: ${each.reason}`,
  );

const fewer = 'adapt fewer: Too much. So only what has to move is moved.';
const none = 'keep none: Too much. So nothing is changed for the objective.';

it('a plan that moves too much is made with fewer moves, one that re-routes too much also with none', () => {
  expect(tried('maxMovesPerHour')).toEqual([fewer]);
  expect(tried('maxMovedSharePerHour')).toEqual([fewer]);
  expect(tried('maxReroutedShare')).toEqual([fewer, none]);
  expect(tried('maxReroutedSharePerHour', { ...choice, fewerMoves: null })).toEqual([none]);
  expect(tried('maxReroutedShare', { ...choice, fewerMoves: null, asItRuns: null })).toEqual([]);
});

it('what documents ask for is never left out', () => {
  for (const limit of ['maxDeletedShare', 'maxDeletedSharePerHour', 'cut']) expect(tried(limit)).toEqual([]);
});
