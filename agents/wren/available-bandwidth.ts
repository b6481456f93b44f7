import type { Capacity } from './capacity-estimate.js';
import type { Block } from './cross-blocks.js';
import { crossTraffic } from './cross-traffic.js';
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
  /** Oldest first. */
  blocks: Block[];
  /** Blocks before the window, of half a minute. */
  earlier: Block[];
  checks: SpotCheck[];
  /** The least wait that they take for one. */
  waitNs: number;
  capacity: Capacity | undefined;
  windowNs: number;
  /** What the path carried over the whole window. */
  deliveredMbps: number;
}

/** Stated where nothing bounds what is available: more than any path gives. */
export const unboundedMbps = 1e6;

const leastBlocks = 4;
const largestRelativeError = 0.15;
/** By how many standard errors a slope must differ from none. */
const significant = 3;
const leastSlope = 0.08;
/** Relative error of what rests on a capacity that is not firm. */
const looseError = 0.06;
/** Above it, the rates at which packets leave follow what is available, and say nothing of the capacity. */
const steepest = 0.8;
const vaguest = 0.09;

/** Capacity less cross traffic, with its 95 % interval; only bounds where too little was seen or it varies too much. */
export function availableBandwidth(evidence: Evidence): BandwidthEstimate {
  const { blocks, capacity, deliveredMbps } = evidence;
  const capacityMbps = capacity ? (capacity.bitsPerNs + 2 * capacity.error) * 1010 : unboundedMbps;
  const limitMbps = capacity?.isFirm ? Math.max(capacityMbps, deliveredMbps) : unboundedMbps;
  const bounds = { lowMbps: Math.min(deliveredMbps, limitMbps), highMbps: limitMbps };
  if (!capacity || blocks.length < leastBlocks) return bounds;
  const found = oneQueueOrMore(evidence, capacity);
  const mbps = Math.max(0, Math.min(limitMbps, found.available * 1000));
  const error = found.error * 1000;
  if (!(error <= largestRelativeError * mbps)) return bounds;
  const reach = error * studentQuantile(found.freedom);
  return { mbps, lowMbps: Math.max(0, mbps - reach), highMbps: Math.max(mbps, Math.min(limitMbps, mbps + reach)) };
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
    const isOne = !slope || slope.slope < leastSlope || slope.slope < significant * slope.error;
    return isOne ? one : { ...one, error: Number.POSITIVE_INFINITY };
  }
  if (!slope || slope.slope > steepest || slope.error > vaguest) return { ...one, error: Number.POSITIVE_INFINITY };
  const flatness = 1 - slope.slope;
  const rate = total(evidence.blocks, 'bits') / total(evidence.blocks, 'departingNs');
  const available = (one.available - slope.slope * rate) / flatness;
  const error = Math.hypot(one.error, (available - rate) * slope.error, looseError * available) / flatness;
  return { available, error, freedom: one.freedom };
}

function total(blocks: Block[], field: 'bits' | 'arrivingNs' | 'departingNs'): number {
  return blocks.reduce((sum, block) => sum + block[field], 0);
}

function oneQueue({ blocks, checks, waitNs, windowNs }: Evidence, capacity: Capacity): Found {
  const cross = crossTraffic({ blocks, checks, waitNs, windowNs, bitsPerNs: capacity.bitsPerNs });
  // An error of the capacity counts more, the more tightly the packets left: they arrive spread out by it.
  const leverage = Math.abs(1 - total(blocks, 'arrivingNs') / total(blocks, 'departingNs'));
  return {
    available: capacity.bitsPerNs - cross.mean,
    error: Math.hypot(cross.error, leverage * capacity.error, modelError(capacity.bitsPerNs)),
    freedom: cross.freedom,
  };
}

/** What no statistics shows: timestamps, offloads and schedulers matter more, the less time a packet takes. */
function modelError(bitsPerNs: number): number {
  return bitsPerNs * (0.005 + 0.04 * Math.max(0, Math.log2(bitsPerNs / 0.1)));
}
