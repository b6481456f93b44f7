import type { PathReading } from './plausible.js';

/** Stamps of packets come again after 20 bits of microseconds: two-sided delays are known but for whole multiples of this. */
const stampWrapMs = 2 ** 20 / 1000;
/** By so much may the delays of a short path add up to less than nothing, as when a queue lets a burst through at once. */
const slackMs = 10;
/** No path there and back takes longer: beyond, two clocks have been taken for one. */
const longestMs = 60_000;

type Delay = Pick<PathReading, 'minimumDelayMs'>;

/** What is known of the delays of a path by either method. */
export interface DelaySides {
  twoSided: Delay | null;
  oneSided: Delay | null;
}

/**
 * Half of the smallest time there and back over a path. Two-sided, the smallest delays of both directions add up to it, because the
 * difference of the clocks is in one of them with the opposite sign of the other; one-sided it is what was measured. Null when
 * neither is known, or when the figures cannot be.
 */
export function latencyMs(there: DelaySides, back: DelaySides | undefined): number | null {
  const sum = both(there.twoSided, back?.twoSided);
  const thereAndBack = sum ?? there.oneSided?.minimumDelayMs ?? back?.oneSided?.minimumDelayMs ?? null;
  return thereAndBack !== null && isPossible(thereAndBack) ? thereAndBack / 2 : null;
}

function both(there: Delay | null, back: Delay | null | undefined): number | null {
  const delays = [there?.minimumDelayMs ?? null, back?.minimumDelayMs ?? null];
  const [out, home] = delays;
  if (typeof out !== 'number' || typeof home !== 'number') return null;
  const wraps = Math.floor((out + home + slackMs) / stampWrapMs);
  return Math.max(0, out + home - wraps * stampWrapMs);
}

const isPossible = (ms: number): boolean => ms >= 0 && ms <= longestMs;
