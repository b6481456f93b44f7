import type { TrafficEntry } from '../../schema/generated/types.js';
import { type PairRate, pairName } from '../model/pair.js';
import type { PairKnowledge } from './state.js';

/** Largest factor by which a demand is presumed to exceed what is seen of it. */
const growthCap = 16;
/** Up to this factor without regard to other pairs, and at once to what the heaviest pair is seen to send. */
const growthFree = 4;
/** A pair that is held back but sends this many times its remembered rate wants more than is remembered. */
const outgrown = 1.25;
/** A pair that sends less than this share of its remembered rate is not held back: what it did then has ended. */
const faded = 0.01;
/** How long a pair may be quiet before what is known of it is forgotten. */
const memoryMs = 600_000;
/** Pairs are noted as seen no more often than this: most of what is known stays as it is from one step to the next. */
const seenAgainMs = memoryMs / 60;

/** A rate, with its `pairName` if that has been worked out. */
export interface NamedRate extends PairRate {
  name?: string;
}

export interface Demand extends TrafficEntry {
  /** By `pairName`. */
  name: string;
  seenMbps: number;
}

export interface EstimateOptions {
  nowMs: number;
  windowMs: number;
}

/**
 * Demands from what is seen. On a saturated path a rate is a lower bound: such a pair is remembered from when nothing held it
 * back, or else presumed to want a growing multiple of what it gets. Demands come in the order of `rates`.
 *
 * What is remembered holds for as long as the pair goes on sending. To forget it after a time, while the path stays saturated,
 * would make the fleet try out again and again what it knows already.
 */
export function estimate(
  pairs: Readonly<Record<string, PairKnowledge>>,
  rates: readonly NamedRate[],
  saturated: ReadonlySet<string>,
  options: EstimateOptions,
): { pairs: Record<string, PairKnowledge>; demands: Demand[] } {
  const known = new Overlaid(pairs);
  const after = rates.map((rate) => {
    const name = rate.name ?? pairName(rate);
    const before = pairs[name] ?? { ...unknownPair, seenAtMs: options.nowMs };
    const isSaturated = saturated.has(name);
    const pair = isHeldBack(before, isSaturated, options)
      ? heldBack(before, rate.rateMbps, isSaturated, options)
      : unhindered(before, rate.rateMbps, options);
    const isNoted = options.nowMs - pair.seenAtMs < seenAgainMs;
    return known.set(name, isNoted ? pair : { ...pair, seenAtMs: options.nowMs });
  });
  const next = known.value;
  let heaviest: number | null = null;
  const heaviestMbps = () => {
    heaviest ??= heaviestFree(next);
    return heaviest;
  };
  const heaviestSeenMbps = rates.reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
  const demands = rates.map((rate, index): Demand => {
    const { rateMbps, origin } = demandOf(after[index], rate.rateMbps, heaviestSeenMbps, heaviestMbps);
    const { network, source, destination, name = pairName(rate) } = rate;
    return { name, network, source, destination, rateMbps, origin, seenMbps: rate.rateMbps };
  });
  return { pairs: next, demands };
}

/** What is still worth knowing. */
export function remembered(pairs: Record<string, PairKnowledge>, nowMs: number): Record<string, PairKnowledge> {
  const kept = Object.entries(pairs).filter(([, pair]) => nowMs - pair.seenAtMs <= memoryMs);
  return kept.length === Object.keys(pairs).length ? pairs : Object.fromEntries(kept);
}

/** A record that is copied when something in it changes for the first time. */
class Overlaid {
  value: Record<string, PairKnowledge>;
  readonly #original: Readonly<Record<string, PairKnowledge>>;

  constructor(original: Readonly<Record<string, PairKnowledge>>) {
    this.#original = original;
    this.value = original;
  }

  set(name: string, pair: PairKnowledge): PairKnowledge {
    if (this.#original[name] === pair) return pair;
    if (this.value === this.#original) this.value = { ...this.#original };
    this.value[name] = pair;
    return pair;
  }
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
  const isFree = pair.heldBackAtMs === null && pair.growth === 1 && pair.grownAtMs === null;
  const free = isFree ? pair : { ...pair, heldBackAtMs: null, growth: 1, grownAtMs: null };
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
  heaviestSeenMbps: number,
  heaviestMbps: () => number,
): Pick<TrafficEntry, 'rateMbps' | 'origin'> {
  if (!pair || pair.heldBackAtMs === null) return { rateMbps, origin: 'observed' };
  if (remembers(pair, rateMbps)) return { rateMbps: Math.max(rateMbps, pair.freeMbps), origin: 'remembered' };
  const atOnceMbps = Math.min(growthFree * rateMbps, heaviestSeenMbps);
  const grownMbps = presumed(rateMbps, pair.growth, heaviestMbps());
  return { rateMbps: Math.max(atOnceMbps, grownMbps), origin: 'at-least' };
}

/**
 * Beyond `growthFree`, no pair is presumed heavier than the heaviest that was seen unhindered: a guess must not displace what is
 * known to be as heavy.
 */
function presumed(rateMbps: number, growth: number, heaviestMbps: number): number {
  const limit = heaviestMbps > 0 ? Math.max(growthFree * rateMbps, heaviestMbps) : Number.POSITIVE_INFINITY;
  return Math.min(growth * rateMbps, limit);
}
