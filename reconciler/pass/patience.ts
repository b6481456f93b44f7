import type { Problem, Solution } from '../model/problem.js';
import { relieves } from './relief.js';

/** What migrations may have to wait for. */
export interface Patience {
  /** Places of demands that the network holds back, so that what they want is presumed, while nobody stated what paths give either. */
  heldBack: ReadonlySet<number>;
  /** Whether what is seen may come of a plan that was cut short: this reconciler found VMs running a moment ago. */
  isResuming: boolean;
}

/**
 * Why VMs do not migrate yet, for people; null if nothing is to be waited for.
 * @param kept what runs
 * @param reached what milder levers have reached; `kept` if none was worth it
 */
export function whyTooEarly(
  problem: Problem,
  { heldBack, isResuming }: Patience,
  kept: Solution,
  reached: Solution,
): string | null {
  if (isResuming)
    return 'The reconciler has just begun, with VMs running: what is seen may come of a plan that was cut short.';
  if (reached === kept || !relieves(problem, heldBack, kept, reached)) return null;
  return 'What is held back shows what it wants once it has other paths.';
}
