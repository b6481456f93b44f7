import type { Block } from './cross-blocks.js';
import type { SpotCheck } from './spot-checks.js';
import { type RateSample, type WeightedMean, weightedMean } from './weighted-mean.js';

const slots = 25;
const packetBits = 12_000;
/** Where checks see fewer of the waits than that, they are not used. */
const leastSeen = 0.7;

/**
 * While a burst of others lasts, a queue is busier than it otherwise is: what is seen of bursts is too large by up to their standard
 * deviation, and by nothing where the sender's own packets keep the queue busy. Taken is the middle of both, with as much of doubt.
 */
const burstBias = 0.4;
/** Of the rate while busy: how far off it is for times that were only looked at, if others send in bursts. */
const burstDoubt = 0.35;

/** What cross traffic is told from. */
export interface CrossEvidence {
  blocks: Block[];
  /** Of the last half minute, that of rates that last: others send in bursts. */
  burstVariance: number;
  checks: SpotCheck[];
  /** The least wait that checks take for one. */
  waitNs: number;
  bitsPerNs: number;
  windowNs: number;
}

/**
 * Rate of cross traffic over a window, in bits a ns, from blocks of busy pairs. Those choose times of much cross traffic if nothing
 * else makes the queue busy; then packets that find it as it happens to be find it idle more often than that rate would leave it.
 */
export function crossTraffic(evidence: CrossEvidence): WeightedMean {
  const { burstVariance } = evidence;
  const found = whileBusyOrChecked(evidence);
  if (burstVariance === 0) return found;
  const deviation = Math.sqrt(burstVariance);
  const chosen = Math.max(0, Math.min(found.mean, burstBias * deviation));
  const error = Math.max(found.error, deviation / Math.sqrt(found.freedom + 1));
  const unseen = burstDoubt * shareOfChecks(evidence.blocks, evidence.checks) * found.mean;
  return { ...found, mean: found.mean - chosen, error: Math.hypot(error, chosen, unseen) };
}

function whileBusyOrChecked({ blocks, checks, waitNs, bitsPerNs, windowNs }: CrossEvidence): WeightedMean {
  const rate = (block: Block) => (bitsPerNs * block.arrivingNs - block.bits) / block.departingNs;
  const slotNs = windowNs / slots;
  const samples = new Map<number, RateSample>();
  const add = (atNs: number, crossBits: number, weightNs: number) => {
    const slot = Math.floor(atNs / slotNs);
    const before = samples.get(slot) ?? { rate: 0, weightNs: 0 };
    const total = before.weightNs + weightNs;
    samples.set(slot, { rate: (before.rate * before.weightNs + crossBits) / total, weightNs: total });
  };
  for (const block of blocks) add((block.fromNs + block.toNs) / 2, rate(block) * block.departingNs, block.departingNs);
  const chance = chanceVariance(blocks, rate);
  const whileBusy = weightedMean([...samples.values()], chance);
  const checked = shareOfChecks(blocks, checks);
  // Waits for the last part of a packet are not seen; half of them have others behind it.
  const seen = 1 - (0.5 * waitNs * bitsPerNs) / packetBits;
  if (seen < leastSeen) return doubted(whileBusy, 0.25 * checked * whileBusy.mean);
  const spot = busyShare(checks);
  const share = whileBusy.mean / bitsPerNs;
  const doubt = Math.max(0, share - spot.busy) * bitsPerNs * checked;
  const isChosen = spot.busy / seen < 0.9 * share - 2 * Math.hypot(spot.error / seen, whileBusy.error / bitsPerNs);
  if (!isChosen) return doubted(whileBusy, doubt);
  for (const { atNs, weightNs, busyNs } of checks) add(atNs, bitsPerNs * Math.min(weightNs, busyNs / seen), weightNs);
  return doubted(weightedMean([...samples.values()], chance), 0.25 * doubt);
}

function doubted(mean: WeightedMean, error: number): WeightedMean {
  return { ...mean, error: Math.hypot(mean.error, error) };
}

/** In what share of the time checked the queue was busy, with its standard error. */
function busyShare(checks: SpotCheck[]): { busy: number; error: number } {
  const weight = checks.reduce((sum, { weightNs }) => sum + weightNs, 0);
  if (weight === 0) return { busy: 1, error: 0 };
  const busy = checks.reduce((sum, { busyNs }) => sum + busyNs, 0) / weight;
  const squares = checks.reduce((sum, { busyNs, weightNs }) => sum + (busyNs - busy * weightNs) ** 2, 0);
  return { busy, error: Math.sqrt(squares) / weight };
}

/** Of the time that anything was learnt of, the part in which it was only looked whether the queue was busy. */
function shareOfChecks(blocks: Block[], checks: SpotCheck[]): number {
  const checked = checks.reduce((sum, { weightNs }) => sum + weightNs, 0);
  const counted = blocks.reduce((sum, { departingNs }) => sum + departingNs, 0);
  return checked === 0 ? 0 : checked / (checked + counted);
}

/** Variance of a rate seen for one ns, from how blocks differ from the next: slow changes are not chance. */
function chanceVariance(blocks: Block[], rate: (block: Block) => number): number {
  let sum = 0;
  for (let i = 1; i < blocks.length; i += 1) {
    const [one, other] = [blocks[i - 1] as Block, blocks[i] as Block];
    sum += (rate(one) - rate(other)) ** 2 / (1 / one.departingNs + 1 / other.departingNs);
  }
  return sum / (blocks.length - 1);
}
