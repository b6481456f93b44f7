import type { Problem, Solution } from '../model/problem.js';
import { isAdmissible } from '../vadapt/admissible.js';
import { evaluate } from '../vadapt/evaluate.js';
import type { Running } from './running.js';

/** What becomes of a solution that was found; null if it may not be chosen. */
export type Settle = (found: Solution) => Solution | null;

export const asFound: Settle = (found) => found;

/**
 * Leads some demands as they are led now, in any solution that has both their VMs where they run. Null where the others leave no way for
 * that within the constraints.
 * @param fixed places of demands
 */
export function fixedPaths(problem: Problem, running: Running, fixed: ReadonlySet<number> = new Set()): Settle {
  if (fixed.size === 0) return asFound;
  return (found) => {
    const isInPlace = (vm: number) => found.mapping[vm] === running.mapping[vm];
    const paths = found.paths.map((path, place) => {
      const { source, destination } = problem.demands[place] ?? { source: -1, destination: -1 };
      const now = running.paths[place];
      return now && fixed.has(place) && isInPlace(source) && isInPlace(destination) ? now : path;
    });
    if (paths.every((path, place) => path.join() === found.paths[place]?.join())) return found;
    if (!isAdmissible(problem, found.mapping, paths)) return null;
    return { ...found, paths, score: evaluate(problem, found.mapping, paths), isProved: false };
  };
}
