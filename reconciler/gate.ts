import type { Plan } from '../schema/generated/types.js';
import type { Snapshot } from './model/snapshot.js';
import type { HeldBack } from './plan-review.js';

/** Whether a plan may be carried out now, and if not, what the pass comes to. */
export type Gate = { kind: 'open' } | { kind: 'nothing-to-do' } | { kind: 'held'; verdict: 'suspended' } | HeldBack;

/**
 * Asked between the decision and its effects; each reason to hold a plan back is a question of its own.
 * @param held what rules and limits of operators say of it; null: they let it pass
 */
export function gateFor(plan: Plan, { adaptation }: Snapshot, held: HeldBack | null): Gate {
  if (plan.steps.length === 0) return { kind: 'nothing-to-do' };
  if (adaptation.suspend) return { kind: 'held', verdict: 'suspended' };
  return held ?? { kind: 'open' };
}
