import type { Schedule } from '../model/schedule.js';

/**
 * What a schedule costs, in percent of a processor for each of its threads (eq. 4 of the seed): its share, and what the scheduler takes
 * for it, which grows as slices get shorter.
 * @param overheadUs time to execute the scheduling core once, as the host has measured it
 * @param beta weight of the overhead
 */
export function scheduleCost(
  { periodUs, sliceUs }: Pick<Schedule, 'periodUs' | 'sliceUs'>,
  overheadUs: number,
  beta = 1,
): number {
  return 100 * (sliceUs / periodUs + (beta * overheadUs) / sliceUs);
}
