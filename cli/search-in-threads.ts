import { laneThreads } from '../reconciler/adapters/lane-threads.js';
import type { Infeasible, Problem, Solution } from '../reconciler/model/problem.js';
import { type SolveOptions, solve, solveInLanes } from '../reconciler/vadapt/solve.js';

/** Threads take longer to start than fewer iterations take. */
const leastIterations = 100_000;

/** Solves a problem on so many threads, where that is quicker. What is found is the same for any number of them. */
export function searchInThreads(
  problem: Problem,
  options: SolveOptions,
  threads: number,
): Promise<Solution | Infeasible> {
  const isShared = threads > 1 && options.algorithm === 'engine' && options.iterations >= leastIterations;
  return isShared ? solveInLanes(problem, options, laneThreads(threads)) : Promise.resolve(solve(problem, options));
}
