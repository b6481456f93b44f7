import type { Problem } from '../model/problem.js';

const mbPerMib = 8.388608;

/**
 * migrate() of the seed, in seconds: what of a VM is copied over a path of that width while it runs on, so that what changes
 * meanwhile has to be copied as well. Infinite where it changes faster than the path carries.
 */
export function migrationSeconds({ vms }: Problem, vm: number, widthMbps: number): number {
  const load = vms[vm]?.migration;
  if (load === undefined || load.stateMib === 0) return 0;
  const left = widthMbps - load.dirtyMbps;
  return left > 0 ? (load.stateMib * mbPerMib) / left : Number.POSITIVE_INFINITY;
}
