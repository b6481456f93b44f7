import type { Pair } from '../model/pair.js';
import { type Demands, demandsOf, listedDemands } from './estimate.js';
import { pairAt } from './rates.js';
import type { VttifState } from './state.js';

/** Demands as they were declared, for pairs whose window has not been filled since the last disturbance. */
export function held(
  demands: Demands,
  { declared, windowStartMs }: Pick<VttifState, 'declared' | 'windowStartMs'>,
  nowMs: number,
  windowOf: ((pair: Pair) => number) | undefined,
): Demands {
  if (windowOf === undefined) return demands;
  const isOpen = (pair: Pair) => windowOf(pair) > nowMs - (windowStartMs ?? nowMs);
  const before = (declared?.demands ?? []).filter(isOpen);
  if (before.length === 0 && !demands.rows.some((_, place) => isOpen(pairAt(demands, place)))) return demands;
  const open = before.map((entry) => ({ ...entry, seenMbps: entry.rateMbps }));
  return demandsOf(demands.index, [...listedDemands(demands).filter((entry) => !isOpen(entry)), ...open]);
}
