import type { JournalEntry, Outcome } from '../schema/generated/types.js';
import type { Gate } from './gate.js';
import type { Decided } from './pass.js';

/** What a pass came to; `converged`: there was nothing to do. */
export type PassVerdict = JournalEntry['verdict'] | 'converged';

/** Whether all that was decided was carried out. */
export function isWhole(verdict: PassVerdict): boolean {
  return verdict === 'applied' || verdict === 'reverted';
}

/** Whether steps of a plan were carried out, if not all of them. */
export function isCarriedOut(verdict: PassVerdict): boolean {
  return isWhole(verdict) || verdict === 'partial';
}

/** What became of a pass. `hasProblem`: the newest documents are not in effect. */
export function verdictOf(
  decided: Decided,
  gate: Gate,
  outcomes: readonly Outcome[],
  hasProblem: boolean,
): PassVerdict {
  if (decided.kind === 'infeasible' || decided.kind === 'unsafe') return decided.kind;
  if (outcomes.some(({ status }) => status !== 'done')) return 'partial';
  if (outcomes.length > 0) return 'applied';
  if (decided.kind === 'rejected' || hasProblem) return 'refused';
  return gate.kind === 'held' ? gate.verdict : 'converged';
}
