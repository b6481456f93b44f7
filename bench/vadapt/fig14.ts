import type { Figure } from '../figure.js';
import { judged } from './judged.js';
import { fig14Problem, fig14SharedProblem } from './overlay-problems.js';

const iterations = 20_000;
/** Over all mappings: test/reconciler/vadapt/fig14.test.ts. */
const optimumMbps = 5730;

/** Fig. 14 proved, and a variant of it that misleads both greedy mappings. */
export async function fig14Figures(): Promise<Figure[]> {
  return [...(await provedFigures()), ...(await sharedFigures())];
}

async function provedFigures(): Promise<Figure[]> {
  const file = fig14Problem();
  const runs: { seconds: number; isRight: boolean }[] = [];
  for (let run = 0; run < 20; run++) {
    const { seconds, answer } = await judged(file, { algorithm: 'exact', seed: 1, iterations });
    const value = answer.objective[0]?.value ?? 0;
    runs.push({ seconds, isRight: answer.isProved && Math.abs(value - optimumMbps) < 1e-6 });
  }
  const areRight = runs.every(({ isRight }) => isRight);
  const [first, best] = [runs[0]?.seconds ?? 0, Math.min(...runs.map(({ seconds }) => seconds))];
  return [
    {
      ...{ name: 'Fig. 14: optimum found and proved, from text to answer', value: 1000 * best, unit: 'ms' },
      ...{ target: '< 50', ok: areRight && best < 0.05 },
    },
    {
      name: 'Fig. 14: the same in a process that is just starting',
      value: 1000 * first,
      unit: 'ms',
      target: '',
      ok: true,
    },
  ];
}

async function sharedFigures(): Promise<Figure[]> {
  const file = fig14SharedProblem();
  const exact = await judged(file, { algorithm: 'exact', seed: 1, iterations: 50 * iterations });
  const { unmetMbps, objective, isProved } = exact.answer;
  const optimum = objective[0]?.value ?? 0;
  const proof: Figure = {
    ...{ name: 'Fig. 14 with shared bottlenecks: optimum, proved', value: optimum, unit: 'Mb/s' },
    ...{ target: 'proved', ok: isProved },
  };
  const figures = [proof];
  for (const algorithm of ['greedy-pairs', 'greedy-order', 'annealing', 'engine'] as const) {
    const { answer } = await judged(file, { algorithm, seed: 1, iterations });
    const share = answer.unmetMbps > unmetMbps + 1e-6 ? 0 : (answer.objective[0]?.value ?? 0) / optimum;
    const isGreedy = algorithm.startsWith('greedy');
    figures.push({
      name: `Fig. 14 with shared bottlenecks, ${algorithm}: share of the optimum, 0 if more is unmet`,
      value: share,
      unit: '',
      target: isGreedy ? '< 1' : algorithm === 'engine' ? '= 1' : '',
      ok: isGreedy ? share < 1 - 1e-6 : algorithm !== 'engine' || share > 1 - 1e-9,
    });
  }
  return figures;
}
