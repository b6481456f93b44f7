import { type PairRate, pairName } from '../model/pair.js';

/** Difference of two matrices as a share of the larger: 0 for equal ones, 1 and more for ones with nothing in common. */
export function relativeChange(before: readonly PairRate[], after: readonly PairRate[]): number {
  const rates = new Map(before.map((entry) => [pairName(entry), entry.rateMbps]));
  let difference = 0;
  for (const entry of after) {
    const name = pairName(entry);
    difference += Math.abs(entry.rateMbps - (rates.get(name) ?? 0));
    rates.delete(name);
  }
  for (const gone of rates.values()) difference += gone;
  const larger = Math.max(total(before), total(after));
  return larger === 0 ? 0 : difference / larger;
}

export interface DetectOptions {
  nowMs: number;
  windowMs: number;
  detectionThreshold: number;
  settleMs: number;
}

/**
 * Whether a change is to be declared: it exceeds the threshold, has done so for a whole smoothing interval, and the last
 * declaration has settled. Seed: "the smoothing interval ... determines how long a change must persist before VTTIF notices".
 */
export function detect(
  last: { deviatingSinceMs: number | null; declared: { atMs: number; demands: readonly PairRate[] } | null },
  topology: readonly PairRate[],
  { nowMs, windowMs, detectionThreshold, settleMs }: DetectOptions,
): { deviatingSinceMs: number | null; isDeclared: boolean } {
  const { declared } = last;
  const change = relativeChange(declared?.demands ?? [], topology);
  if (change === 0 || change <= detectionThreshold) return { deviatingSinceMs: null, isDeclared: false };
  const deviatingSinceMs = last.deviatingSinceMs ?? nowMs;
  const hasPersisted = nowMs - deviatingSinceMs >= windowMs;
  const hasSettled = declared === null || nowMs - declared.atMs >= settleMs;
  if (hasPersisted && hasSettled) return { deviatingSinceMs: null, isDeclared: true };
  return { deviatingSinceMs, isDeclared: false };
}

function total(matrix: readonly PairRate[]): number {
  return matrix.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
}
