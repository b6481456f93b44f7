import type { Block } from './cross-blocks.js';
import type { SpotCheck } from './spot-checks.js';
import { type RateSample, type WeightedMean, weightedMean } from './weighted-mean.js';

const slots = 25;
const packetBits = 12_000;
/** Where checks see fewer of the waits than that, they are not used. */
const leastSeen = 0.3;

/** What cross traffic is told from. */
export interface CrossEvidence {
  blocks: Block[];
  checks: SpotCheck[];
  /** The least wait that checks take for one. */
  waitNs: number;
  bitsPerNs: number;
  windowNs: number;
}

/** Rate of cross traffic over a window, in bits a ns, from blocks of busy pairs; spot checks correct what those choose. */
export function crossTraffic({ blocks, checks, waitNs, bitsPerNs, windowNs }: CrossEvidence): WeightedMean {
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
  // A wait for less than the rest of one packet is not seen.
  const seen = 1 - (waitNs * bitsPerNs) / packetBits;
  if (seen < leastSeen) {
    const unseen = shareOfChecks(blocks, checks) * whileBusy.mean;
    return { ...whileBusy, error: Math.hypot(whileBusy.error, 0.25 * unseen) };
  }
  if (!isChosenByTraffic(checks, whileBusy, bitsPerNs, seen)) return whileBusy;
  for (const { atNs, weightNs, busyNs } of checks) add(atNs, bitsPerNs * Math.min(weightNs, busyNs / seen), weightNs);
  return weightedMean([...samples.values()], chance);
}

/**
 * Whether the queue is busy because there happens to be cross traffic, rather than because of the sender: when it is not certain to
 * be busy, it is idle more often than the same cross traffic would leave it.
 */
function isChosenByTraffic(checks: SpotCheck[], whileBusy: WeightedMean, bitsPerNs: number, seen: number): boolean {
  const weight = checks.reduce((sum, { weightNs }) => sum + weightNs, 0);
  if (weight === 0) return false;
  const share = checks.reduce((sum, { busyNs }) => sum + busyNs, 0) / weight;
  const squares = checks.reduce((sum, { busyNs, weightNs }) => sum + (busyNs - share * weightNs) ** 2, 0);
  const error = Math.hypot(Math.sqrt(squares) / weight / seen, whileBusy.error / bitsPerNs);
  return share / seen + 2 * error < 0.9 * (whileBusy.mean / bitsPerNs);
}

/** Of the time that anything was learnt of, the part in which it was only looked whether the queue was busy. */
function shareOfChecks(blocks: Block[], checks: SpotCheck[]): number {
  const checked = checks.reduce((sum, { weightNs }) => sum + weightNs, 0);
  const counted = blocks.reduce((sum, { departingNs }) => sum + departingNs, 0);
  return checked / (checked + counted);
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
