import { timeOf } from '../../schema/admission/rule-times.js';
import type { Approval, Plan } from '../../schema/generated/types.js';
import { digest } from './canonical.js';
import type { Snapshot } from './snapshot.js';

/**
 * What an approval of a plan names: the fleet that it changes, and its steps. Other than the plan's hash it stays the same while nothing but
 * the commit and the observation are new, so that it can be written into a commit; any other step makes another digest.
 */
export function approvalDigest({ basis, steps }: Pick<Plan, 'basis' | 'steps'>): string {
  return digest({ stateDigest: basis.stateDigest, steps });
}

/** The approval of a plan by a ChangeLimit that has not ended; null where there is none. */
export function approvalOf(wanted: string, limits: Snapshot['limits'], nowMs: number): Approval | null {
  for (const { name, spec } of limits) {
    for (const { plan, until, by, reason } of spec.approvals ?? []) {
      if (plan !== wanted || until === undefined || (timeOf(until) ?? 0) <= nowMs) continue;
      return { digest: wanted, by, place: `ChangeLimit ${name}`, ...(reason === undefined ? {} : { reason }) };
    }
  }
  return null;
}

/** VMs whose removal a ChangeLimit approves. */
export function approvedRemovals(limits: Snapshot['limits']): ReadonlySet<string> {
  return new Set(limits.flatMap(({ spec }) => (spec.approvals ?? []).flatMap(({ remove }) => remove ?? [])));
}
