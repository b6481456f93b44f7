import type { Problem, ProblemScore, Solution } from '../reconciler/model/problem.js';
import { solve } from '../reconciler/vadapt/solve.js';
import { fig14IndependentEdges, randomProblem } from '../test/reconciler/vadapt/instances.js';
import { bruteForce } from '../test/reconciler/vadapt/reference.js';
import type { Figure } from './figure.js';

const algorithms = ['greedy-pairs', 'greedy-order', 'annealing'] as const;
const iterations = 20_000;
const instances = 20;
/** Proved by test/reconciler/vadapt/fig14.test.ts over all mappings. */
const fig14OptimumMbps = 5730;

/** The Fig. 14 optimum, and how far from brute force each algorithm stays on small instances. */
export async function run(): Promise<Figure[]> {
  return [...algorithms.map(fig14), ...gaps(), ...timing()];
}

function solved(problem: Problem, algorithm: (typeof algorithms)[number], seed: number): Solution {
  const solution = solve(problem, { algorithm, seed, iterations });
  if ('kind' in solution) throw new Error(solution.message);
  return solution;
}

function fig14(algorithm: (typeof algorithms)[number]): Figure {
  const { score } = solved(fig14IndependentEdges(), algorithm, 1);
  const value = score.unmetMbps > 1e-6 ? 0 : score.objectiveMbps / fig14OptimumMbps;
  const isTarget = algorithm === 'annealing';
  return {
    name: `Fig. 14, ${algorithm}: objective over optimum, 0 if demands are unmet`,
    value,
    unit: '',
    target: isTarget ? '= 1' : '',
    ok: !isTarget || Math.abs(value - 1) < 1e-9,
  };
}

/**
 * What a score lacks of the optimum: of the demand where more than needed is unmet, else of the objective. Between 0 and 1.
 */
function gap(problem: Problem, optimum: ProblemScore, score: ProblemScore): number {
  const total = problem.demands.reduce((sum, demand) => sum + demand.rateMbps, 0);
  const unmet = score.unmetMbps - optimum.unmetMbps;
  if (unmet > 1e-5) return unmet / total;
  return Math.max(0, 1 - score.objectiveMbps / Math.max(optimum.objectiveMbps, 1e-9));
}

function gaps(): Figure[] {
  const sums = new Map<string, number>(algorithms.map((algorithm) => [algorithm, 0]));
  let counted = 0;
  for (let seed = 1000; counted < instances; seed++) {
    const problem = randomProblem(seed, { hosts: 4, vms: 3 + (seed % 2), demands: 4 });
    const optimum = bruteForce(problem);
    if (optimum === null || optimum.objectiveMbps < 1) continue;
    counted++;
    for (const algorithm of algorithms)
      sums.set(algorithm, (sums.get(algorithm) ?? 0) + gap(problem, optimum, solved(problem, algorithm, seed).score));
  }
  return algorithms.map((algorithm) => {
    const value = (sums.get(algorithm) ?? 0) / instances;
    const isTarget = algorithm === 'annealing';
    return {
      name: `mean gap to brute force, ${instances} small instances, ${algorithm}`,
      value,
      unit: '',
      target: isTarget ? '<= 0.025' : '',
      ok: !isTarget || value <= 0.025,
    };
  });
}

function timing(): Figure[] {
  const start = performance.now();
  solved(fig14IndependentEdges(), 'annealing', 1);
  const value = performance.now() - start;
  return [{ name: `Fig. 14, annealing, ${iterations} iterations`, value, unit: 'ms', target: '', ok: true }];
}
