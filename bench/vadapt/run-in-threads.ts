import type { Infeasible, Problem, Solution } from '../../reconciler/model/problem.js';
import { type SolveOptions, solve } from '../../reconciler/vadapt/solve.js';

export async function runInThreads(problem: Problem, options: SolveOptions): Promise<Solution | Infeasible> {
  return solve(problem, options);
}
