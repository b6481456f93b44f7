import type { TrafficEntry } from '../../schema/generated/types.js';
import { type PairRate, pairName } from '../model/pair.js';
import type { PairKnowledge } from './state.js';

/** Largest factor by which a demand is presumed to exceed what is seen of it. */
const growthCap = 16;
/** Up to this factor without regard to other pairs. */
const growthFree = 4;
/** A pair that is held back but sends this many times its remembered rate wants more than is remembered. */
const outgrown = 1.25;
/** A pair that sends less than this share of its remembered rate is not held back: what it did then has ended. */
const faded = 0.01;

export interface EstimateOptions {
  nowMs: number;
  windowMs: number;
  /** How long a pair may be quiet before what is known of it is forgotten. */
  memoryMs: number;
}

/**
 * Demands from what is seen. On a saturated path a rate is a lower bound: such a pair is remembered from when nothing held it
 * back, or else presumed to want a growing multiple of what it gets. Demands come in the order of `rates`.
 *
 * What is remembered holds for as long as the pair goes on sending. To forget it after a time, while the path stays saturated,
 * would make the fleet try out again and again what it knows already.
 */
export function estimate(
  pairs: Record<string, PairKnowledge>,
  rates: readonly PairRate[],
  saturated: ReadonlySet<string>,
  options: EstimateOptions,
): { pairs: Record<string, PairKnowledge>; demands: TrafficEntry[] } {
  const { nowMs, memoryMs } = options;
  const next = Object.fromEntries(Object.entries(pairs).filter(([, pair]) => nowMs - pair.seenAtMs <= memoryMs));
  for (const rate of rates) {
    const name = pairName(rate);
    const before = { ...(next[name] ?? unknownPair), seenAtMs: nowMs };
    next[name] = isHeldBack(before, saturated.has(name), options)
      ? heldBack(before, rate.rateMbps, saturated.has(name), options)
      : unhindered(before, rate.rateMbps, options);
  }
  const heaviest = heaviestFree(next);
  const demands = rates.map((rate) => ({ ...rate, ...demandOf(next[pairName(rate)], rate.rateMbps, heaviest) }));
  return { pairs: next, demands };
}

const unknownPair: Omit<PairKnowledge, 'seenAtMs'> = {
  freeMbps: null,
  candidate: null,
  heldBackAtMs: null,
  growth: 1,
  grownAtMs: null,
};

/** Saturated now, or at a time that the window still averages over. */
function isHeldBack(pair: PairKnowledge, isSaturated: boolean, { nowMs, windowMs }: EstimateOptions): boolean {
  return isSaturated || (pair.heldBackAtMs !== null && nowMs - pair.heldBackAtMs < windowMs);
}

/**
 * A rate is remembered only if nothing holds the pair back for another window: a flow that has begun to fill its path shows for
 * a moment as a small one that nothing hinders, because the window averages over the time before it.
 */
function unhindered(pair: PairKnowledge, rateMbps: number, { nowMs, windowMs }: EstimateOptions): PairKnowledge {
  const free = { ...pair, heldBackAtMs: null, growth: 1, grownAtMs: null };
  if (pair.candidate && nowMs - pair.candidate.atMs < windowMs) return free;
  return { ...free, freeMbps: pair.candidate?.rateMbps ?? pair.freeMbps, candidate: { rateMbps, atMs: nowMs } };
}

function heldBack(
  pair: PairKnowledge,
  rateMbps: number,
  isSaturated: boolean,
  { nowMs, windowMs }: EstimateOptions,
): PairKnowledge {
  const held = { ...pair, candidate: null, heldBackAtMs: isSaturated ? nowMs : pair.heldBackAtMs };
  if (remembers(pair, rateMbps)) return { ...held, growth: 1, grownAtMs: null };
  if (pair.grownAtMs === null) return { ...held, growth: 1, grownAtMs: nowMs };
  if (nowMs - pair.grownAtMs < windowMs) return held;
  return { ...held, growth: Math.min(growthCap, pair.growth * 2), grownAtMs: nowMs };
}

function remembers(pair: PairKnowledge, rateMbps: number): pair is PairKnowledge & { freeMbps: number } {
  return pair.freeMbps !== null && rateMbps <= outgrown * pair.freeMbps && rateMbps >= faded * pair.freeMbps;
}

function heaviestFree(pairs: Record<string, PairKnowledge>): number {
  return Object.values(pairs).reduce((most, { freeMbps, candidate }) => {
    return Math.max(most, freeMbps ?? 0, candidate?.rateMbps ?? 0);
  }, 0);
}

function demandOf(
  pair: PairKnowledge | undefined,
  rateMbps: number,
  heaviestMbps: number,
): Pick<TrafficEntry, 'rateMbps' | 'origin'> {
  if (!pair || pair.heldBackAtMs === null) return { rateMbps, origin: 'observed' };
  if (remembers(pair, rateMbps)) return { rateMbps: Math.max(rateMbps, pair.freeMbps), origin: 'remembered' };
  return { rateMbps: presumed(rateMbps, pair.growth, heaviestMbps), origin: 'at-least' };
}

/**
 * Beyond `growthFree`, no pair is presumed heavier than the heaviest that was seen unhindered: a guess must not displace what is
 * known to be as heavy.
 */
function presumed(rateMbps: number, growth: number, heaviestMbps: number): number {
  const limit = heaviestMbps > 0 ? Math.max(growthFree * rateMbps, heaviestMbps) : Number.POSITIVE_INFINITY;
  return Math.min(growth * rateMbps, limit);
}
