import { subjectOf } from '../schema/admission/read-rule.js';
import type { Approval, Diagnostic, Plan } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { isDenied } from './admission/verdict.js';
import { admit, rulesAmong } from './admit.js';
import type { Exceeded } from './pass.js';
import { diagnosticLines } from './policy-conditions.js';
import type { Admission } from './ports.js';

/** Why a plan that could be carried out is not. */
export interface HeldBack {
  kind: 'held';
  verdict: 'denied' | 'pending';
  /** For the condition of the fleet. */
  reason: 'PolicyDenied' | 'AwaitsApproval' | 'OutsideWindow';
  message: string;
}

/** What rules and limits of operators say of a plan. */
export interface PlanReview {
  /** What rules say of it; null where there is no rule for plans. */
  said: Diagnostic[] | null;
  held: HeldBack | null;
  /** Who let it pass, where somebody had to. */
  approval: Approval | null;
}

export const notReviewed: PlanReview = { said: null, held: null, approval: null };

export interface ToReview {
  plan: Plan;
  documents: readonly LocatedDocument[];
  /** Left out: it is above no limit that asks for an approval. */
  exceeded?: Exceeded | undefined;
  nowMs: number;
}

/** Asked before anything is carried out. A plan of no steps is judged, too, but there is nothing of it to hold back. */
export async function reviewPlan(
  { plan, documents, exceeded, nowMs }: ToReview,
  admission: Admission,
): Promise<PlanReview> {
  const hasRules = rulesAmong(documents).some(({ document }) => subjectOf(document) === 'plans');
  const said = hasRules ? await admit({ documents, plan, nowMs }, admission) : null;
  const approval = exceeded?.approval ?? null;
  if (plan.steps.length === 0) return { said, held: null, approval: null };
  if (said !== null && isDenied(said)) return { said, held: denied(plan, said), approval: null };
  if (exceeded && approval === null) return { said, held: pending(exceeded), approval };
  return { said, held: null, approval };
}

function denied({ steps }: Plan, said: readonly Diagnostic[]): HeldBack {
  const errors = said.filter(({ severity }) => severity === 'error');
  const message = `A plan of ${steps.length} steps is not carried out:\n${diagnosticLines(errors)}`;
  return { kind: 'held', verdict: 'denied', reason: 'PolicyDenied', message };
}

function pending({ digest, message }: Exceeded): HeldBack {
  const what =
    `${message}\nIt waits for an approval: \`virtuoso approve ${digest}\`, or an entry of \`approvals\` in a ChangeLimit that names this digest. ` +
    'When something else is planned, that waits for its own.';
  return { kind: 'held', verdict: 'pending', reason: 'AwaitsApproval', message: what };
}
