import type { Plan } from '../schema/generated/types.js';
import type { Snapshot } from './model/snapshot.js';
import type { Opening } from './opening.js';
import type { HeldBack } from './plan-review.js';

/** Whether a plan may be carried out now, and if not, what the pass comes to. */
export type Gate = { kind: 'open' } | { kind: 'nothing-to-do' } | { kind: 'held'; verdict: 'suspended' } | HeldBack;

/**
 * Asked between the decision and its effects; each reason to hold a plan back is a question of its own.
 * @param held what rules and limits of operators say of it; null: they let it pass
 */
export function gateFor(plan: Plan, { adaptation }: Snapshot, held: HeldBack | null, opening: Opening): Gate {
  if (plan.steps.length === 0) return { kind: 'nothing-to-do' };
  if (adaptation.suspend) return { kind: 'held', verdict: 'suspended' };
  if (held) return held;
  return opening.kind === 'closed' && !takesBack(plan) ? outside(plan, opening) : { kind: 'open' };
}

/** What was carried out while a window was open and made it worse does not stay so until the next one opens. */
export const takesBack = ({ decision }: Plan): boolean => decision.back?.cause === 'regression';

function outside({ steps }: Plan, { why, opensMs }: Extract<Opening, { kind: 'closed' }>): HeldBack {
  const until =
    opensMs === null
      ? 'None opens any more: look at applyWindows and freezes of the Adaptation.'
      : `It waits until ${new Date(opensMs).toISOString()}.`;
  const message = `A plan of ${steps.length} steps is not carried out now. ${why} ${until} \`virtuoso apply\` carries one out all the same.`;
  return { kind: 'held', verdict: 'pending', reason: 'OutsideWindow', message };
}
