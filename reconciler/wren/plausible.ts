import type { PathEstimate } from '../../schema/generated/types.js';

/** One side's word on a directed path, within what is possible; times on the reconciler's clock. */
export interface PathReading {
  /** Newest packet that it rests on. */
  atMs: number;
  /** Null while only its bounds are known. */
  availableMbps: number | null;
  lowMbps: number;
  highMbps: number;
  capacityMbps: number | null;
  /** As in `PathEstimate`. */
  minimumDelayMs: number | null;
  /** Share of the time in which the path was in use; null where nobody says. */
  busyShare: number | null;
}

/** No path of today carries more: 1 Tb/s. */
const ceilingMbps = 1e6;
/** By how much noise may lift an estimate over the capacity. */
const tolerance = 1.1;
/** Agents leave out what they learnt more than a minute ago; with the time that a message takes, nothing is older than this. */
const oldestMs = 120_000;
/** What the two clocks may disagree by beyond what is known of them. */
const clockSlackMs = 1000;

/**
 * What an estimate says after what cannot be is taken out of it, and how many of its figures could not be. Null: nothing is left.
 * An agent may err or lie; nothing that it says of one path can then do more harm than a path that is as good, or as bad, as possible.
 * @param atMs the estimate's time on the reconciler's clock
 */
export function plausible(
  estimate: PathEstimate,
  atMs: number,
  receivedAtMs: number,
): { reading: PathReading | null; faults: number } {
  const { available, minimumDelayMs, busyShare } = estimate;
  const faults: boolean[] = [];
  if (receivedAtMs - atMs > oldestMs) return { reading: null, faults: 1 };
  const isFuture = atMs > receivedAtMs + clockSlackMs;
  const isCapacityAbsurd = (estimate.capacityMbps ?? 0) > ceilingMbps;
  const capacityMbps = isCapacityAbsurd ? null : (estimate.capacityMbps ?? null);
  const mostMbps = capacityMbps ?? ceilingMbps;
  const isCrossed = available.lowMbps > available.highMbps;
  const isBeyond = available.lowMbps > tolerance * mostMbps || (available.mbps ?? 0) > tolerance * mostMbps;
  const isOutside =
    available.mbps !== undefined && (available.mbps < available.lowMbps || available.mbps > available.highMbps);
  faults.push(isFuture, isCapacityAbsurd, isCrossed, isBeyond, isOutside && !isCrossed);
  const within = (mbps: number) => Math.min(mbps, mostMbps);
  const isKnown = available.mbps !== undefined && !isCrossed && !isOutside && !isBeyond;
  const reading = {
    atMs: Math.min(atMs, receivedAtMs),
    availableMbps: isKnown ? within(available.mbps ?? 0) : null,
    lowMbps: isBeyond ? 0 : within(Math.min(available.lowMbps, available.highMbps)),
    highMbps: within(Math.max(available.lowMbps, available.highMbps)),
    capacityMbps,
    minimumDelayMs: minimumDelayMs ?? null,
    busyShare: busyShare ?? null,
  };
  return { reading, faults: faults.filter(Boolean).length };
}
