import type { Pair, PairRate } from '../model/pair.js';
import { difference, ratesMbpsOf } from './difference.js';
import { largest, type Rates } from './rates.js';

export interface DetectOptions {
  nowMs: number;
  samplingIntervalMs: number;
  windowMs: number;
  /** Length of a pair's window, if it is not `windowMs` for all. */
  windowOf: ((pair: Pair) => number) | undefined;
  detectionThreshold: number;
  pruneThreshold: number;
  settleMs: number;
}

const nothing: readonly PairRate[] = [];

interface Last {
  deviatingSinceMs: number | null;
  /** Nothing of before this is in the rates. */
  windowStartMs: number | null;
  declared: { atMs: number; demands: readonly PairRate[] } | null;
}

/**
 * Whether a change is to be declared: it exceeds the threshold, has done so for a whole smoothing interval, and the last
 * declaration has settled. Seed: "the smoothing interval ... determines how long a change must persist before VTTIF notices".
 * What is compared is the application topology now, and what was in it then, so that an entry which wavers about the threshold
 * of pruning counts for as much as its rate changes.
 *
 * A change is seen up to a sampling interval after the matrix exceeded the threshold, half of one on average, and looks are not
 * exactly an interval apart. So what was first seen all but half a sampling interval ago has persisted, as nearly as can be told;
 * to ask for more would wait for a whole further look whenever one comes a millisecond early.
 *
 * A change that shows as soon as half of a window has been seen since it began, and goes on to show until the window is whole, has
 * persisted since the window began: to wait for a second window would tell nothing more.
 */
export function detect(
  last: Last,
  demands: Pick<Rates, 'index' | 'rows' | 'rateMbps'>,
  { nowMs, samplingIntervalMs, windowMs, windowOf, detectionThreshold, pruneThreshold, settleMs }: DetectOptions,
): { deviatingSinceMs: number | null; isDeclared: boolean } {
  const { declared } = last;
  const before = declared?.demands ?? nothing;
  const { share, pairs } = difference(before, demands, {
    floorMbps: pruneThreshold * largest(ratesMbpsOf(before)),
    threshold: detectionThreshold,
    leastMbps: pruneThreshold * largest(demands.rateMbps),
  });
  if (share === 0 || share <= detectionThreshold) return { deviatingSinceMs: null, isDeclared: false };
  const persistMs = pairs.reduce((longest, pair) => Math.max(longest, windowOf?.(pair) ?? windowMs), windowMs);
  const beganMs = last.windowStartMs ?? Number.NEGATIVE_INFINITY;
  const isHalfSeen = nowMs - beganMs < persistMs / 2 + samplingIntervalMs;
  const deviatingSinceMs = last.deviatingSinceMs ?? (isHalfSeen ? beganMs : nowMs);
  const isFilled = nowMs - beganMs >= persistMs;
  const hasPersisted = nowMs - deviatingSinceMs >= persistMs - samplingIntervalMs / 2;
  const hasSettled = declared === null || nowMs - declared.atMs >= settleMs;
  if (isFilled && hasPersisted && hasSettled) return { deviatingSinceMs: null, isDeclared: true };
  return { deviatingSinceMs, isDeclared: false };
}
