import { remembered } from '../model/derived.js';
import { type Pair, type PairRate, pairName } from '../model/pair.js';
import type { NamedRate } from './estimate.js';

/** How two matrices differ. */
export interface Difference {
  /** As a share of the larger matrix: 0 for equal ones, 1 and more for ones with nothing in common. */
  share: number;
  /** Pairs that differ by more than the threshold, as a share of their own larger rate. */
  pairs: Pair[];
}

export interface DifferenceOptions {
  /** Rate that a pair may have had without being in `before`. */
  floorMbps?: number;
  threshold?: number;
}

export function difference(
  before: readonly PairRate[],
  after: readonly NamedRate[],
  { floorMbps = 0, threshold = 0 }: DifferenceOptions = {},
): Difference {
  const places = placesByName(before);
  const isCompared = new Uint8Array(before.length);
  const pairs: Pair[] = [];
  let [sum, totalBefore, totalAfter] = [0, 0, 0];
  const compare = (pair: Pair, was: number, is: number) => {
    const change = Math.abs(is - was);
    sum += change;
    totalBefore += was;
    totalAfter += is;
    if (change > threshold * Math.max(was, is)) pairs.push(pair);
  };
  for (const entry of after) {
    const place = places.get(entry.name ?? pairName(entry)) ?? -1;
    compare(entry, before[place]?.rateMbps ?? Math.min(floorMbps, entry.rateMbps), entry.rateMbps);
    if (place >= 0) isCompared[place] = 1;
  }
  before.forEach((entry, place) => {
    if (isCompared[place] === 0) compare(entry, entry.rateMbps, 0);
  });
  const larger = Math.max(totalBefore, totalAfter);
  return { share: larger === 0 ? 0 : sum / larger, pairs };
}

/** What was declared is compared at each step, so its names are worked out once. */
const places = new WeakMap<readonly PairRate[], Map<string, number>>();

function placesByName(entries: readonly PairRate[]): Map<string, number> {
  return remembered(places, entries, () => new Map(entries.map((entry, place) => [pairName(entry), place])));
}

/** Difference of two matrices as a share of the larger: 0 for equal ones, 1 and more for ones with nothing in common. */
export function relativeChange(before: readonly PairRate[], after: readonly PairRate[]): number {
  return difference(before, after).share;
}

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

/**
 * What to compare with a declaration: the application topology now, and what was in it then, so that an entry which wavers about
 * the threshold of pruning counts for as much as its rate changes.
 */
export function compared<Entry extends NamedRate>(
  declared: { demands: readonly PairRate[] } | null,
  demands: readonly Entry[],
  pruneThreshold: number,
): Entry[] {
  const largest = demands.reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
  const before = placesByName(declared?.demands ?? nothing);
  return demands.filter(
    (entry) => entry.rateMbps >= pruneThreshold * largest || before.has(entry.name ?? pairName(entry)),
  );
}

const nothing: readonly PairRate[] = [];

interface Last {
  deviatingSinceMs: number | null;
  declared: { atMs: number; demands: readonly PairRate[] } | null;
}

/**
 * Whether a change is to be declared: it exceeds the threshold, has done so for a whole smoothing interval, and the last
 * declaration has settled. Seed: "the smoothing interval ... determines how long a change must persist before VTTIF notices".
 * `demands`: see `compared`.
 *
 * A change is seen up to a sampling interval after the matrix exceeded the threshold, half of one on average, and looks are not
 * exactly an interval apart. So what was first seen all but half a sampling interval ago has persisted, as nearly as can be told;
 * to ask for more would wait for a whole further look whenever one comes a millisecond early.
 */
export function detect(
  last: Last,
  demands: readonly NamedRate[],
  { nowMs, samplingIntervalMs, windowMs, windowOf, detectionThreshold, pruneThreshold, settleMs }: DetectOptions,
): { deviatingSinceMs: number | null; isDeclared: boolean } {
  const { declared } = last;
  const largest = (declared?.demands ?? []).reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
  const { share, pairs } = difference(declared?.demands ?? nothing, demands, {
    floorMbps: pruneThreshold * largest,
    threshold: detectionThreshold,
  });
  if (share === 0 || share <= detectionThreshold) return { deviatingSinceMs: null, isDeclared: false };
  const deviatingSinceMs = last.deviatingSinceMs ?? nowMs;
  const persistMs = pairs.reduce((longest, pair) => Math.max(longest, windowOf?.(pair) ?? windowMs), windowMs);
  const hasPersisted = nowMs - deviatingSinceMs >= persistMs - samplingIntervalMs / 2;
  const hasSettled = declared === null || nowMs - declared.atMs >= settleMs;
  if (hasPersisted && hasSettled) return { deviatingSinceMs: null, isDeclared: true };
  return { deviatingSinceMs, isDeclared: false };
}
