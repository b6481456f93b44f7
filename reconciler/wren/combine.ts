import type { PathEstimate } from '../../schema/generated/types.js';
import type { PathSides } from './path-readings.js';
import type { PathReading } from './plausible.js';

/** What both ends together say of a path. */
export interface Combined extends Omit<PathReading, 'minimumDelayMs'> {
  method: PathEstimate['method'];
}

/** A side whose newest packet is older than the other's by more than this tells of another time. */
const concurrentMs = 10_000;

/** Null when no side has said anything. Two-sided figures go first: they have no noise of the way back in them. */
export function combined({ twoSided, oneSided }: PathSides): Combined | null {
  if (!twoSided || !oneSided) return only(twoSided, oneSided);
  if (twoSided.atMs - oneSided.atMs > concurrentMs) return only(twoSided, null);
  if (oneSided.atMs - twoSided.atMs > concurrentMs) return only(null, oneSided);
  const atMs = Math.max(twoSided.atMs, oneSided.atMs);
  const capacityMbps = twoSided.capacityMbps ?? oneSided.capacityMbps;
  const isDisjoint = twoSided.lowMbps > oneSided.highMbps || oneSided.lowMbps > twoSided.highMbps;
  const busyShare = twoSided.busyShare ?? oneSided.busyShare;
  const base = { atMs, capacityMbps, busyShare };
  // One of them is wrong, and there is no telling which: the interval says so.
  if (isDisjoint) return { ...base, ...hull(twoSided, oneSided), method: 'two-sided' };
  if (twoSided.availableMbps === null && oneSided.availableMbps !== null)
    return { ...base, ...bounds(oneSided), availableMbps: oneSided.availableMbps, method: 'one-sided' };
  if (twoSided.availableMbps === null || oneSided.availableMbps === null)
    return { ...base, ...bounds(twoSided), availableMbps: twoSided.availableMbps, method: 'two-sided' };
  return { ...base, ...weighted(twoSided, oneSided), method: 'two-sided' };
}

function only(twoSided: PathReading | null, oneSided: PathReading | null): Combined | null {
  const reading = twoSided ?? oneSided;
  if (!reading) return null;
  const { minimumDelayMs: _delay, ...figures } = reading;
  return { ...figures, method: twoSided ? 'two-sided' : 'one-sided' };
}

const bounds = ({ lowMbps, highMbps }: PathReading) => ({ lowMbps, highMbps });

function hull(a: PathReading, b: PathReading) {
  const [lowMbps, highMbps] = [Math.min(a.lowMbps, b.lowMbps), Math.max(a.highMbps, b.highMbps)];
  return { availableMbps: a.availableMbps, lowMbps, highMbps };
}

/**
 * Mean weighted by inverse variances. The interval stays as wide as that of the surer one: both saw the same packets, so their
 * errors are not independent.
 */
function weighted(a: PathReading, b: PathReading) {
  const [halfA, halfB] = [halfWidth(a), halfWidth(b)];
  const weightA = halfB ** 2 / (halfA ** 2 + halfB ** 2);
  const mean = weightA * (a.availableMbps ?? 0) + (1 - weightA) * (b.availableMbps ?? 0);
  const half = Math.min(halfA, halfB);
  return { availableMbps: mean, lowMbps: Math.max(0, mean - half), highMbps: mean + half };
}

/** An interval without width would have infinite weight. */
function halfWidth({ lowMbps, highMbps }: PathReading): number {
  return Math.max(1e-6, (highMbps - lowMbps) / 2);
}
