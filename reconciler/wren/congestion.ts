import type { QueueingTrack } from './queueing-history.js';

/** What is known of a path's traffic while its packets queue. */
export interface PathLoad {
  /** What links carry over it, in the mean over the time of the delays. */
  carriedMbps: number;
  /** What others take of its bottleneck while it is in use, at least; null where its capacity or its available bandwidth is unknown. */
  crossMbps: number | null;
}

/** A path whose packets queue at times. */
export interface Congestion extends PathLoad {
  from: string;
  to: string;
  /** Share of the time since its first packet in which packets passed. */
  presence: number;
  /** Queueing delays; NaN: no packets. */
  delaysMs: Float32Array;
  /** One bit for each bin: packets passed; they queued. */
  present: Uint32Array;
  congested: Uint32Array;
}

/** Below this, delays are as likely the clocks' and the hosts' as a queue's. */
const leastQueueMs = 0.3;
/** A bin is congested from this share of the path's long delays on. */
const congestedShare = 0.25;
/** Fewer bins with packets tell nothing. */
const leastBins = 20;

/** Null where packets are too few, or hardly wait. */
export function congestionOf({ from, to, delaysMs }: QueueingTrack, load: PathLoad): Congestion | null {
  const sorted = delaysMs.filter((delay) => !Number.isNaN(delay)).sort();
  const long = sorted[Math.floor(0.95 * sorted.length)] ?? 0;
  if (sorted.length < leastBins || long < leastQueueMs) return null;
  const threshold = Math.max(leastQueueMs / 2, congestedShare * long);
  const first = delaysMs.findIndex((delay) => !Number.isNaN(delay));
  return {
    ...load,
    from,
    to,
    presence: sorted.length / (delaysMs.length - first),
    delaysMs,
    present: bits(delaysMs, (delay) => !Number.isNaN(delay)),
    congested: bits(delaysMs, (delay) => delay >= threshold),
  };
}

function bits(delays: Float32Array, isSet: (delay: number) => boolean): Uint32Array {
  const words = new Uint32Array(Math.ceil(delays.length / 32));
  delays.forEach((delay, bin) => {
    if (isSet(delay)) words[bin >>> 5] = (words[bin >>> 5] ?? 0) | (1 << (bin & 31));
  });
  return words;
}

export function bitsIn(words: Uint32Array): number {
  return words.reduce((sum, word) => sum + popcount(word), 0);
}

export function popcount(word: number): number {
  let bitsSet = word - ((word >>> 1) & 0x55555555);
  bitsSet = (bitsSet & 0x33333333) + ((bitsSet >>> 2) & 0x33333333);
  return Math.imul((bitsSet + (bitsSet >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
