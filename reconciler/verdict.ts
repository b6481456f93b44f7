import type { JournalEntry, Outcome } from '../schema/generated/types.js';
import type { Decided } from './pass.js';

/** What became of a pass. `hasProblem`: the newest documents are not in effect. */
export function verdictOf(
  decided: Decided,
  outcomes: readonly Outcome[],
  hasProblem: boolean,
): JournalEntry['verdict'] | 'converged' {
  if (decided.kind === 'infeasible' || decided.kind === 'unsafe') return decided.kind;
  if (outcomes.some(({ status }) => status === 'failed')) return 'partial';
  if (outcomes.length > 0) return 'applied';
  if (decided.kind === 'rejected' || hasProblem) return 'refused';
  return decided.plan.steps.length > 0 ? 'suspended' : 'converged';
}
