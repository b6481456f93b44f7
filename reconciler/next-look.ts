import type { Plan } from '../schema/generated/types.js';
import type { Snapshot } from './model/snapshot.js';
import type { PassVerdict } from './verdict.js';

/** When the next pass is due if nothing asks for one before. */
export interface NextLook {
  delayMs: number;
  reason: string;
}

/** Without documents. */
const idleMs = 60_000;

/**
 * @param retryMs when to try again what the pass has left undone
 * @param opensInMs when plans may be carried out again; null where they may now, or never
 */
export function nextLook(
  verdict: PassVerdict,
  retryMs: number,
  snapshot: Snapshot | null,
  plan: Plan | null,
  opensInMs: number | null,
): NextLook {
  const next = withoutWindows(verdict, retryMs, snapshot, plan);
  if (opensInMs === null || opensInMs > next.delayMs) return next;
  return { delayMs: opensInMs, reason: 'a window opens' };
}

function withoutWindows(verdict: PassVerdict, retryMs: number, snapshot: Snapshot | null, plan: Plan | null): NextLook {
  if (verdict === 'partial') {
    return { delayMs: retryMs, reason: 'a step had failed' };
  }
  if (!snapshot) return { delayMs: idleMs, reason: 'interval' };
  const { intervalMs, vttif } = snapshot.adaptation;
  const isTooEarly = plan?.decision.levers?.some(({ outcome }) => outcome === 'too-early') ?? false;
  if (!isTooEarly) return { delayMs: intervalMs, reason: 'interval' };
  return { delayMs: Math.min(intervalMs, vttif.smoothingIntervalMs), reason: 'it was too early to move VMs' };
}
