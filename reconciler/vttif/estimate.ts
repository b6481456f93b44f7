import type { TrafficEntry } from '../../schema/generated/types.js';
import { pairName } from '../model/pair.js';
import type { PairIndex } from './pair-index.js';
import { memoryMs, never, type PairTable, TableDraft, unknown, withNames } from './pair-table.js';
import { largest, pairAt, type Rates } from './rates.js';

/** Largest factor by which a demand is presumed to exceed what is seen of it. */
const growthCap = 16;
/** Up to this factor without regard to other pairs, and at once to what the heaviest pair is seen to send. */
const growthFree = 4;
/** A pair that is held back but sends this many times its remembered rate wants more than is remembered. */
const outgrown = 1.25;
/** A pair that sends less than this share of its remembered rate is not held back: what it did then has ended. */
const faded = 0.01;
/** Pairs are noted as seen no more often than this: most of what is known stays as it is from one step to the next. */
const seenAgainMs = memoryMs / 60;

export interface Demand extends TrafficEntry {
  /** By `pairName`. */
  name: string;
  seenMbps: number;
}

const origins: readonly TrafficEntry['origin'][] = ['observed', 'remembered', 'at-least'];
const [observed, recalled, atLeast] = [0, 1, 2];

/** Demands in columns, as `Rates` are. */
export interface Demands extends Pick<Rates, 'index' | 'rows' | 'rateMbps'> {
  seenMbps: Float64Array;
  /** Places in `origins`. */
  origin: Uint8Array;
}

export function listedDemands(demands: Demands): Demand[] {
  return Array.from(demands.rows, (_, place) => {
    const { name, network, source, destination } = pairAt(demands, place);
    const origin = origins[demands.origin[place] ?? observed] ?? 'observed';
    const [rateMbps = 0, seenMbps = 0] = [demands.rateMbps[place], demands.seenMbps[place]];
    return { name, network, source, destination, rateMbps, origin, seenMbps };
  });
}

/** @param entries each of a pair that `index` knows */
export function demandsOf(index: PairIndex, entries: readonly Omit<Demand, 'name'>[]): Demands {
  return {
    index,
    rows: index.rowsOf(entries.map(pairName)),
    rateMbps: Float64Array.from(entries, ({ rateMbps }) => rateMbps),
    seenMbps: Float64Array.from(entries, ({ seenMbps }) => seenMbps),
    origin: Uint8Array.from(entries, ({ origin }) => origins.indexOf(origin)),
  };
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
 * @param pairs whose names those of `rates` begin with
 * @param saturated by row: 1 for pairs that are held back now
 */
export function estimate(
  pairs: PairTable,
  rates: Rates,
  saturated: Uint8Array,
  options: EstimateOptions,
): { pairs: PairTable; demands: Demands } {
  const { names, index, rows, rateMbps: seenMbps } = rates;
  const known = new TableDraft(withNames(pairs, names));
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] ?? 0;
    learn(known, row, seenMbps[place] ?? 0, saturated[row] === 1, options);
  }
  const next = known.value;
  const rateMbps = seenMbps.slice();
  const origin = new Uint8Array(rows.length);
  const presume = presumption(next, seenMbps);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] ?? 0;
    if (next.heldBackAtMs[row] === never) continue;
    const seen = seenMbps[place] ?? 0;
    const freeMbps = next.freeMbps[row] ?? unknown;
    const isRemembered = remembers(freeMbps, seen);
    origin[place] = isRemembered ? recalled : atLeast;
    rateMbps[place] = isRemembered ? Math.max(seen, freeMbps) : presume(row, seen);
  }
  return { pairs: next, demands: { index, rows, rateMbps, seenMbps, origin } };
}

function learn(known: TableDraft, row: number, rateMbps: number, isSaturated: boolean, options: EstimateOptions): void {
  const { nowMs, windowMs } = options;
  if (nowMs - known.seenAtMs.of(row) >= seenAgainMs) known.seenAtMs.set(row, nowMs);
  // Saturated now, or at a time that the window still averages over.
  if (isSaturated || nowMs - known.heldBackAtMs.of(row) < windowMs)
    learnHeldBack(known, row, rateMbps, isSaturated, options);
  else learnUnhindered(known, row, rateMbps, options);
}

/**
 * A rate is remembered only if nothing holds the pair back for another window: a flow that has begun to fill its path shows for
 * a moment as a small one that nothing hinders, because the window averages over the time before it.
 */
function learnUnhindered(known: TableDraft, row: number, rateMbps: number, { nowMs, windowMs }: EstimateOptions): void {
  known.heldBackAtMs.set(row, never);
  known.growth.set(row, 1);
  known.grownAtMs.set(row, never);
  if (nowMs - known.candidateAtMs.of(row) < windowMs) return;
  if (known.candidateMbps.of(row) !== unknown) known.freeMbps.set(row, known.candidateMbps.of(row));
  known.candidateMbps.set(row, rateMbps);
  known.candidateAtMs.set(row, nowMs);
}

function learnHeldBack(
  known: TableDraft,
  row: number,
  rateMbps: number,
  isSaturated: boolean,
  { nowMs, windowMs }: EstimateOptions,
): void {
  known.candidateMbps.set(row, unknown);
  known.candidateAtMs.set(row, never);
  if (isSaturated) known.heldBackAtMs.set(row, nowMs);
  if (remembers(known.freeMbps.of(row), rateMbps)) {
    known.growth.set(row, 1);
    known.grownAtMs.set(row, never);
  } else if (known.grownAtMs.of(row) === never) {
    known.growth.set(row, 1);
    known.grownAtMs.set(row, nowMs);
  } else if (nowMs - known.grownAtMs.of(row) >= windowMs) {
    known.growth.set(row, Math.min(growthCap, known.growth.of(row) * 2));
    known.grownAtMs.set(row, nowMs);
  }
}

function remembers(freeMbps: number, rateMbps: number): boolean {
  return freeMbps !== unknown && rateMbps <= outgrown * freeMbps && rateMbps >= faded * freeMbps;
}

/**
 * What a pair that is held back is presumed to want. Beyond `growthFree`, none is presumed heavier than the heaviest that was seen
 * unhindered: a guess must not displace what is known to be as heavy.
 */
function presumption(pairs: PairTable, seenMbps: Float64Array): (row: number, rateMbps: number) => number {
  const heaviestSeenMbps = largest(seenMbps);
  let heaviestMbps: number | null = null;
  return (row, rateMbps) => {
    heaviestMbps ??= Math.max(largest(pairs.freeMbps), largest(pairs.candidateMbps));
    const limit = heaviestMbps > 0 ? Math.max(growthFree * rateMbps, heaviestMbps) : Number.POSITIVE_INFINITY;
    const grownMbps = Math.min((pairs.growth[row] ?? 1) * rateMbps, limit);
    return Math.max(Math.min(growthFree * rateMbps, heaviestSeenMbps), grownMbps);
  };
}
