import type { HostClock } from '../../schema/generated/types.js';

/** Less is not worth a message. */
const leastStepUs = 20;
const ofBound = 0.25;

/**
 * Whether a host should be told how far its clock is ahead, because what it takes it to be is off by more than a quarter of what is certain, or
 * that has become twice or half as certain.
 * @param told what it was told; undefined: nothing
 * @param takenUs what that makes of its clock now; null while nobody knows
 */
export function isOffBeyondTolerance(now: HostClock, told: HostClock | undefined, takenUs: number | null): boolean {
  if (told === undefined || takenUs === null) return true;
  if (Math.abs(takenUs - now.aheadUs) > Math.max(leastStepUs, ofBound * now.boundUs)) return true;
  const ratio = now.boundUs / told.boundUs;
  return ratio > 2 || ratio < 0.5;
}
