import type { Problem } from '../../model/problem.js';
import { distanceLanes } from '../distance/lanes.js';
import { laneSeed } from '../lane-seed.js';
import type { EngineSearch, Lane, SeedSearch } from './lane.js';

/** `engine` is the portfolio of all that pays, `exact` branch and bound; the others are what the seed names, alone. */
export type Algorithm = 'engine' | 'exact' | SeedSearch;

/** What an engine lane needs to be worth its while. */
const leastIterations = 2000;
const manyIterations = 200_000;

/** The lanes of a portfolio: they follow from the problem, the seed and the iterations, not from how many threads there are. */
export function lanesOf(problem: Problem, algorithm: Algorithm, seed: number, iterations: number): Lane[] {
  if (problem.distances !== undefined && algorithm === 'engine') return distanceLanes(problem, { seed, iterations });
  if (problem.distances !== undefined) throw new Error(`${algorithm} is for problems with links`);
  if (algorithm !== 'engine') return [{ search: algorithm, seed, iterations }];
  const searches = searchesOf(problem, iterations);
  const each = Math.floor(iterations / searches.length);
  return [
    ...searches.map((search, place) => ({ search, seed: laneSeed(seed, place), iterations: each })),
    // For next to nothing, so that nothing is ever worse than these.
    ...(['greedy-pairs', 'greedy-order'] as const).map((search) => ({ search, seed, iterations: 0 })),
  ];
}

function searchesOf(problem: Problem, iterations: number): EngineSearch[] {
  const isFree = mayMoveFreely(problem);
  const isRunning = problem.vms.some(({ current }) => current !== null);
  if (iterations < 2 * leastIterations) return [isRunning && !isFree ? 'near' : 'hot'];
  if (!isFree) return ['near', 'hot'];
  return iterations < manyIterations ? ['near', 'hot'] : [isRunning ? 'near' : 'hot', 'hot', 'far', 'hot'];
}

/** Whether enough VMs may move for a mapping from scratch to be of use. */
function mayMoveFreely({ vms, maxMigrations, migrationBudget }: Problem): boolean {
  const running = vms.filter(({ current }) => current !== null).length;
  const most = Math.min(maxMigrations ?? Number.POSITIVE_INFINITY, migrationBudget?.moves ?? Number.POSITIVE_INFINITY);
  return most >= running / 2;
}
