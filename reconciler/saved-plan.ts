import type { Approval, Observed, Plan } from '../schema/generated/types.js';
import type { ApplyResult } from './api/live.js';
import type { Decide } from './deciding.js';
import type { Knowledge } from './knowledge.js';
import { approvalDigest } from './model/approval.js';
import type { Snapshot } from './model/snapshot.js';
import type { Decided } from './pass.js';
import { verifyHash } from './plan/assemble.js';
import { stateDigest } from './plan/state-digest.js';

/** A saved plan that still fits, with what would be decided now. */
export interface FreshPlan {
  kind: 'fresh';
  decided: Decided;
  snapshot: Snapshot;
  observed: Observed;
}

/** Whether a saved plan is whole, and the fleet and the documents what they were when it was made. */
export async function checkSaved(
  plan: Plan,
  hash: string,
  knowledge: Knowledge,
  decide: Decide,
): Promise<FreshPlan | ApplyResult> {
  if (plan.hash !== hash || !verifyHash(plan)) {
    return { kind: 'wrong-hash', message: `The plan's hash is not ${hash}: it is another plan, or it was edited.` };
  }
  await knowledge.refresh();
  const observed = knowledge.observed();
  const decided = await decide({ ...knowledge.documents, observed });
  const isFresh =
    decided.kind === 'planned' &&
    knowledge.waiting() === null &&
    stateDigest(decided.snapshot.current) === plan.basis.stateDigest &&
    decided.plan.basis.documentsDigest === plan.basis.documentsDigest;
  if (isFresh) return { kind: 'fresh', decided, snapshot: decided.snapshot, observed };
  return {
    kind: 'stale',
    message: 'The fleet or the documents have changed since the plan was made: make a new one.',
  };
}

/** Whoever applies a saved plan has reviewed it: that is an approval, where limits ask for one. */
export function approvedBy(actor: string, plan: Plan, decided: Decided): Approval | null {
  if (decided.kind !== 'planned' || decided.exceeded === undefined) return null;
  return { digest: approvalDigest(plan), by: actor, place: 'API' };
}
