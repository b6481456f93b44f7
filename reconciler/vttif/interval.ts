import type { VttifParameters } from '../model/snapshot.js';

/** Make, switch, break: the phases of a change, each as long as the slowest link takes. */
const changePhases = 3;

/** Upper bound on the time that VNET needs to change its topology (claims 7 and 8 of the seed), from its links' set-up times. */
export function changeBoundMs(setUpMs: readonly number[]): number {
  return changePhases * setUpMs.reduce((most, each) => Math.max(most, each), 0);
}

/**
 * Length of the sliding window in effect: as configured, but not shorter than a change of topology takes, lest VTTIF see its own
 * adaptations as changes of the application, nor than two samples.
 */
export function smoothingInterval(parameters: VttifParameters, boundMs: number): number {
  return Math.max(parameters.smoothingIntervalMs, boundMs, 2 * parameters.samplingIntervalMs);
}
