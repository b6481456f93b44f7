import type { PathKnowledge } from '../../schema/generated/types.js';
import type { Beside } from './beside.js';
import type { Combined } from './combine.js';
import { noScatter, type Scatter, scattered, scatterMbps } from './scatter.js';

/** What is remembered of one directed path. A plain value. */
export interface PathMemory {
  from: string;
  to: string;
  method: PathKnowledge['method'];
  /** Newest packet that the figures rest on. */
  atMs: number;
  /** Null while only bounds are known. */
  availableMbps: number | null;
  lowMbps: number;
  highMbps: number;
  capacityMbps: number | null;
  /** Since when estimates have said something else than `availableMbps`; null when they do not. */
  contradictedSinceMs: number | null;
  /** How often the path was found as remembered after a time without packets. */
  confirmations: number;
  /** What came on top of `availableMbps` where others pass as well. */
  beside: Beside;
  /** How estimates differ from one window to the next. */
  scatter: Scatter;
}

/** Estimates that differ by no more than this say the same, however narrow their intervals are. */
const alike = 0.03;
/** For how long estimates must say something else before it is believed. */
const persistenceMs = 2000;
/** A path without packets for longer than this was not in use. */
const unusedMs = 60_000;
/** How far what is found after a time without packets may be off what is remembered and still confirm it. */
const confirming = 0.2;
/** What is remembered of an unused path holds for this long, twice as long for each time that it was confirmed. */
const heldMs = 600_000;
const mostConfirmations = 6;
/** A day: narrow links stay, but not for ever. */
const forgottenMs = 86_400_000;
/** A 95 % interval reaches so many standard deviations to either side. */
const intervalDeviations = 1.96;
/** Smallest figure that may be told. */
const leastMbps = 0.001;

/**
 * The newest figures with the estimate that is acted upon: it stays as it is while it lies within the newest interval, and for a
 * moment more, so that plans do not follow noise.
 */
export function remember(
  before: PathMemory | null,
  path: { from: string; to: string },
  newest: Combined,
  beside: Beside,
  nowMs: number,
): PathMemory {
  if (before && newest.atMs <= before.atMs) return before;
  const scatter = scatterWith(before?.scatter ?? noScatter, newest);
  const figures = widened(newest, scatter);
  const { availableMbps, lowMbps, highMbps, atMs, method } = figures;
  const capacityMbps = steady(before?.capacityMbps ?? null, figures.capacityMbps);
  const fresh = {
    from: path.from,
    to: path.to,
    method,
    atMs,
    lowMbps,
    highMbps,
    capacityMbps,
    contradictedSinceMs: null,
    beside,
    scatter,
  };
  const held = before?.availableMbps ?? null;
  if (!before || held === null) return { ...fresh, availableMbps, confirmations: before?.confirmations ?? 0 };
  if (availableMbps === null) {
    // Too little traffic for an estimate, but it may show that the remembered one no longer holds.
    const isPossible = held >= lowMbps / (1 + confirming) && held <= highMbps * (1 + confirming);
    return isPossible ? { ...before, capacityMbps } : { ...fresh, availableMbps, confirmations: 0 };
  }
  const confirmations = confirmed(before, held, figures);
  // What is held goes with what was beside it then.
  const kept = { ...fresh, availableMbps: held, beside: { ...before.beside, times: beside.times } };
  const [least, most] = [
    Math.min(lowMbps, availableMbps * (1 - alike)),
    Math.max(highMbps, availableMbps * (1 + alike)),
  ];
  if (held >= least && held <= most) return { ...kept, ...spanning(figures, held), confirmations };
  const since = before.contradictedSinceMs ?? nowMs;
  if (nowMs - since >= persistenceMs || atMs - before.atMs > unusedMs)
    return { ...fresh, availableMbps, confirmations };
  return { ...kept, ...spanning(figures, held), confirmations, contradictedSinceMs: since };
}

/**
 * What is known of the path now. As it grows old without packets its interval widens to what the path could give at the worst and
 * at the best, and the estimate is dropped in the end: cross traffic comes and goes, but narrow links stay.
 */
export function knowledgeAt(memory: PathMemory, nowMs: number): PathKnowledge {
  const { from, to, method, availableMbps, lowMbps, highMbps, capacityMbps, beside } = memory;
  const ageMs = Math.max(0, nowMs - memory.atMs);
  const lastsMs = heldMs * 2 ** memory.confirmations;
  const faded = Math.min(1, Math.max(0, ageMs / lastsMs - 1));
  const bestMbps = Math.max(highMbps, capacityMbps ?? 2 * highMbps);
  return {
    from,
    to,
    method,
    ...(availableMbps === null || faded === 1 ? {} : { availableMbps: rounded(availableMbps) }),
    lowMbps: rounded(lowMbps * (1 - faded)),
    highMbps: rounded(highMbps + (bestMbps - highMbps) * faded),
    ...(capacityMbps === null ? {} : { capacityMbps: Math.max(leastMbps, rounded(capacityMbps)) }),
    besideOutMbps: rounded(beside.outMbps),
    besideIntoMbps: rounded(beside.intoMbps),
    besideTimes: rounded(beside.times),
    ageMs: Math.round(ageMs),
  };
}

/** Whether the path was last used too long ago for what is known of it to mean anything. */
export function isForgotten({ atMs }: PathMemory, nowMs: number): boolean {
  return nowMs - atMs > forgottenMs;
}

function confirmed(before: PathMemory, held: number, { atMs, availableMbps }: Combined): number {
  if (atMs - before.atMs <= unusedMs) return before.confirmations;
  const isFound = Math.abs((availableMbps ?? 0) - held) <= confirming * held;
  return isFound ? Math.min(mostConfirmations, before.confirmations + 1) : 0;
}

function scatterWith(scatter: Scatter, { atMs, availableMbps }: Combined): Scatter {
  return availableMbps === null ? scatter : scattered(scatter, atMs, availableMbps);
}

/** No estimate is surer than the next one lets it be. */
function widened(figures: Combined, scatter: Scatter): Combined {
  const { availableMbps, lowMbps, highMbps } = figures;
  if (availableMbps === null) return figures;
  const half = intervalDeviations * scatterMbps(scatter);
  return {
    ...figures,
    lowMbps: Math.max(0, Math.min(lowMbps, availableMbps - half)),
    highMbps: Math.max(highMbps, availableMbps + half),
  };
}

function spanning({ lowMbps, highMbps }: Combined, held: number): { lowMbps: number; highMbps: number } {
  return { lowMbps: Math.min(lowMbps, held), highMbps: Math.max(highMbps, held) };
}

function steady(before: number | null, now: number | null): number | null {
  if (before === null || now === null) return now ?? before;
  return Math.abs(now - before) <= alike * before ? before : now;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
