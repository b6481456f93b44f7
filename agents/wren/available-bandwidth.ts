import type { Capacity } from './capacity-estimate.js';
import type { Block } from './cross-blocks.js';
import { crossTraffic } from './cross-traffic.js';
import type { Full } from './full-time.js';
import { rateChangeNs } from './rate-change.js';
import { rateSlope } from './rate-slope.js';
import type { SpotCheck } from './spot-checks.js';
import { studentQuantile } from './weighted-mean.js';

/** In Mb/s; without `mbps` only bounds are known. */
export interface BandwidthEstimate {
  mbps?: number;
  lowMbps: number;
  highMbps: number;
}

/** What was seen in a window. */
export interface Evidence {
  sides: 'two-sided' | 'one-sided';
  /** Oldest first. */
  blocks: Block[];
  /** Blocks before the window, of half a minute. */
  earlier: Block[];
  /** Of the rate of cross traffic that lasts for a while, over half a minute; in (bits a ns)^2. */
  burstVariance: number;
  checks: SpotCheck[];
  /** The least wait that they take for one. */
  waitNs: number;
  /** Times that tell nothing of cross traffic, for some of it was lost. */
  full: Full;
  capacity: Capacity | undefined;
  windowNs: number;
  /** What the path carried over the whole window. */
  deliveredMbps: number;
}

/** Stated where nothing bounds what is available: more than any path gives. */
export const unboundedMbps = 1e6;

const leastBlocks = 4;
const largestRelativeError = 0.2;
/** By how many standard errors a slope must differ from none. */
const significant = 3;
const leastSlope = 0.08;
/** Relative, whatever its statistics say. */
const leastCapacityError = 0.0015;
/** Relative to the capacity: what no statistics shows, of timestamps, offloads, schedulers and acknowledgements. */
const leastError = { 'two-sided': 0.01, 'one-sided': 0.02 };
const fastError = 0.02;
/** By how much a run of pairs is too short or too long on average, when a host wakes up late for its first packet. */
const runEndNs = { 'two-sided': 15e3, 'one-sided': 20e3 };
/** Relative error of what rests on a capacity that is not firm. */
const looseError = 0.06;
/** Above it, the rates at which packets leave follow what is available, and say nothing of the capacity. */
const steepest = 0.8;
const vaguest = 0.09;

/**
 * Capacity less cross traffic, with its 95 % interval; only bounds where too little was seen or it varies too much. Of a window in
 * which cross traffic changed, the part since then.
 */
export function availableBandwidth(evidence: Evidence): BandwidthEstimate {
  const { blocks, capacity, deliveredMbps } = evidence;
  const capacityMbps = capacity ? (capacity.bitsPerNs + 2 * capacity.error) * 1010 : unboundedMbps;
  const limitMbps = capacity?.isFirm ? Math.max(capacityMbps, deliveredMbps) : unboundedMbps;
  const bounds = { lowMbps: Math.min(deliveredMbps, limitMbps), highMbps: limitMbps };
  if (!capacity?.isOneLink || blocks.length < leastBlocks) return bounds;
  const changedNs = rateChangeNs(blocks, capacity.bitsPerNs);
  const since = changedNs === undefined ? undefined : figure(evidenceSince(evidence, changedNs), capacity, limitMbps);
  return since ?? figure(evidence, capacity, limitMbps) ?? bounds;
}

/** What came before cross traffic changed is no longer so. */
function evidenceSince(evidence: Evidence, fromNs: number): Evidence {
  const blocks = evidence.blocks.filter(({ toNs }) => toNs > fromNs);
  return { ...evidence, blocks, checks: evidence.checks.filter(({ atNs }) => atNs > fromNs) };
}

/** Undefined where it is too uncertain. */
function figure(evidence: Evidence, capacity: Capacity, limitMbps: number): BandwidthEstimate | undefined {
  const found = oneQueueOrMore(evidence, capacity);
  const mbps = Math.max(0, Math.min(limitMbps, found.available * 1000));
  const error = found.error * 1000;
  if (!(error <= largestRelativeError * mbps)) return undefined;
  const reach = error * studentQuantile(found.freedom);
  const lowMbps = withFullTimes(Math.max(0, mbps - reach), evidence);
  return { mbps, lowMbps, highMbps: Math.max(mbps, Math.min(limitMbps, mbps + reach)) };
}

/** While the queue was full cross traffic may have taken all that we did not: bursts of others fill queues. */
function withFullTimes(lowMbps: number, { blocks, full }: Evidence): number {
  if (full.timeNs === 0) return lowMbps;
  const leastMbps = (full.bits / full.timeNs) * 1000;
  const knownNs = total(blocks, 'departingNs');
  return Math.min(lowMbps, (lowMbps * knownNs + leastMbps * full.timeNs) / (knownNs + full.timeNs));
}

interface Found {
  available: number;
  error: number;
  freedom: number;
}

/**
 * One queue of known capacity explains all blocks, whatever the rate at which their packets left. If they disagree in that although
 * the capacity is firm, another link than the narrowest is short, and a figure would be wrong. If it is not firm, it is put right:
 * where packets leave as fast as they arrive, their rate is what is available, whatever the capacity.
 */
function oneQueueOrMore(evidence: Evidence, capacity: Capacity): Found {
  const one = oneQueue(evidence, capacity);
  const slope = rateSlope([...evidence.earlier, ...evidence.blocks], capacity.bitsPerNs);
  if (capacity.isFirm) {
    const isOne = !slope || slope.least < leastSlope || slope.slope < significant * slope.error;
    return isOne ? one : { ...one, error: Number.POSITIVE_INFINITY };
  }
  if (!slope || slope.slope > steepest || slope.error > vaguest) return { ...one, error: Number.POSITIVE_INFINITY };
  const flatness = 1 - slope.slope;
  const rate = total(evidence.blocks, 'bits') / total(evidence.blocks, 'departingNs');
  const available = (one.available - slope.slope * rate) / flatness;
  const error = Math.hypot(one.error, (available - rate) * slope.error, looseError * available) / flatness;
  return { available, error, freedom: one.freedom };
}

function total(blocks: Block[], field: 'bits' | 'arrivingNs' | 'departingNs' | 'runs'): number {
  return blocks.reduce((sum, block) => sum + block[field], 0);
}

function oneQueue({ sides, blocks, burstVariance, checks, waitNs, windowNs }: Evidence, capacity: Capacity): Found {
  const cross = crossTraffic({ blocks, burstVariance, checks, waitNs, windowNs, bitsPerNs: capacity.bitsPerNs });
  const departingNs = total(blocks, 'departingNs');
  // Errors of the capacity, and of the ends of runs, count more, the more tightly the packets left: they arrive spread out by it.
  const leverage = Math.abs(1 - total(blocks, 'arrivingNs') / departingNs);
  const capacityError = Math.max(capacity.error, leastCapacityError * speed(capacity.bitsPerNs) * capacity.bitsPerNs);
  const endError = (capacity.bitsPerNs * total(blocks, 'runs') * runEndNs[sides]) / departingNs;
  const modelError = capacity.bitsPerNs * (leastError[sides] + fastError * (speed(capacity.bitsPerNs) - 1));
  const error = Math.hypot(cross.error, leverage * capacityError, endError, modelError);
  // Cross traffic is not negative: something else is wrong.
  const isPossible = cross.mean > -2 * error;
  return {
    available: capacity.bitsPerNs - cross.mean,
    error: isPossible ? error : Number.POSITIVE_INFINITY,
    freedom: cross.freedom,
  };
}

/** Timestamps matter more, the less time a packet takes: 1 up to 100 Mb/s, then twice as much more for each doubling. */
function speed(bitsPerNs: number): number {
  return 1 + 2 * Math.max(0, Math.log2(bitsPerNs / 0.1));
}
