import type { Plan } from '../schema/generated/types.js';
import type { Snapshot } from './model/snapshot.js';
import type { PassVerdict } from './verdict.js';

/** When the next pass is due if nothing asks for one before. */
export interface NextLook {
  delayMs: number;
  reason: string;
}

const firstBackoffMs = 1000;
const longestBackoffMs = 60_000;

/** `failures`: how many passes on end have failed, with this one. */
export function nextLook(
  verdict: PassVerdict,
  failures: number,
  snapshot: Snapshot | null,
  plan: Plan | null,
): NextLook {
  if (verdict === 'partial') {
    return { delayMs: Math.min(firstBackoffMs * 2 ** (failures - 1), longestBackoffMs), reason: 'a step had failed' };
  }
  if (!snapshot) return { delayMs: longestBackoffMs, reason: 'interval' };
  const { intervalMs, vttif } = snapshot.adaptation;
  const isTooEarly = plan?.decision.levers?.some(({ outcome }) => outcome === 'too-early') ?? false;
  if (!isTooEarly) return { delayMs: intervalMs, reason: 'interval' };
  return { delayMs: Math.min(intervalMs, vttif.smoothingIntervalMs), reason: 'it was too early to move VMs' };
}
