import { AdmissionThreads } from '../reconciler/adapters/admission-threads.js';
import { isAudit } from '../reconciler/admission/verdict.js';
import { admit } from '../reconciler/admit.js';
import type { Diagnostic, Plan } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { systemClock } from './system-clock.js';

/** What the rules among documents say of them now, or of a plan; of rules that audit only where they are asked for. */
export async function askPolicies(
  documents: readonly LocatedDocument[],
  plan: Plan | null,
  audit: boolean,
): Promise<Diagnostic[]> {
  const said = await admit({ documents, plan, nowMs: systemClock.nowMs() }, new AdmissionThreads());
  return audit ? said : said.filter((each) => !isAudit(each));
}
