import type { VttifParameters } from '../model/snapshot.js';

/** The largest times that VNET measured of itself, in ms. */
export interface Measured {
  /** Setting up a link of the slowest type that may be needed. */
  setUpMs: number;
  /** Replacing the forwarding table of the slowest host. */
  switchMs: number;
}

/** Links are made before tables switch, and broken after it, which takes no longer. */
const linkPhases = 2;
/**
 * Tables switch one host of a path after the other: back to the star, which visits three hosts, then to a new path; a frame crosses
 * at most 16 links, so that visits at most 17.
 */
const switchRounds = 20;

/** Upper bound on the time that VNET needs to change its topology: claims 7 and 8 of the seed. */
export function changeBoundMs({ setUpMs, switchMs }: Measured): number {
  return linkPhases * setUpMs + switchRounds * switchMs;
}

/**
 * Length of the sliding window in effect: as configured, but not shorter than a change of topology takes, lest VTTIF see its own
 * adaptations as changes of the application, nor than two samples.
 */
export function smoothingInterval(parameters: VttifParameters, boundMs: number): number {
  return Math.max(parameters.smoothingIntervalMs, boundMs, 2 * parameters.samplingIntervalMs);
}
