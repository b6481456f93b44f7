import type { Plan } from '../schema/generated/types.js';
import type { Snapshot } from './model/snapshot.js';

/** Whether a plan may be carried out now, and if not, what the pass comes to. */
export type Gate = { kind: 'open' } | { kind: 'nothing-to-do' } | { kind: 'held'; verdict: 'suspended' };

/** Asked between the decision and its effects; each reason to hold a plan back is a question of its own. */
export function gateFor(plan: Plan, { adaptation }: Snapshot): Gate {
  if (plan.steps.length === 0) return { kind: 'nothing-to-do' };
  if (adaptation.suspend) return { kind: 'held', verdict: 'suspended' };
  return { kind: 'open' };
}
