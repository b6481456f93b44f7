import { describe, expect, it } from 'vitest';
import type { SolveOptions } from '../../../reconciler/vadapt/solve.js';
import { solved } from './verified-answer.js';
import { drawnProblem } from './verified-problems.js';
import { faultsOf } from './verifier.js';
import { explanationFaults } from './verifier-infeasible.js';

/** `VIRTUOSO_VADAPT_CASES=100000` takes as many problems; `VIRTUOSO_VADAPT_FIRST` is the seed of the first. */
const cases = Number(process.env.VIRTUOSO_VADAPT_CASES ?? 300);
const first = Number(process.env.VIRTUOSO_VADAPT_FIRST ?? 1);
/** Problems whose bounds were once wrong, or off by rounding beside 0. */
const onceWrong = [606, 10_800, 14_380, 14_400, 28_457];
const seeds = [...onceWrong, ...Array.from({ length: cases }, (_, place) => first + place)];
const algorithms: SolveOptions['algorithm'][] = [
  'engine',
  'exact',
  'greedy-pairs',
  'greedy-order',
  'annealing',
  'genetic',
];

/** What may say of a problem with a solution that it found none, and that this proves nothing. */
const mayGiveUp = new Set<SolveOptions['algorithm']>(['greedy-pairs', 'greedy-order', 'annealing', 'genetic']);

describe('every answer, judged by the verifier', () => {
  it.each(algorithms)('of %s keeps every constraint and is worth what it says', (algorithm) => {
    let answers = 0;
    for (const seed of seeds) {
      const file = drawnProblem(seed);
      if (algorithm !== 'engine' && !('links' in file.network)) continue;
      const answer = solved(file, { algorithm, seed, iterations: 400 });
      const hasGivenUp = answer.kind === 'infeasible' && !answer.isMinimal && mayGiveUp.has(algorithm);
      if (hasGivenUp) continue;
      const isSolved = answer.kind === 'solution';
      if (isSolved) answers++;
      const faults = isSolved ? faultsOf(file, answer) : explanationFaults(file, answer);
      expect(faults, `${algorithm}, seed ${seed}`).toEqual([]);
    }
    expect(answers).toBeGreaterThan(cases / 3);
  });
});
