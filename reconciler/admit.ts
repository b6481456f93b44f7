import { subjectOf } from '../schema/admission/read-rule.js';
import type { Diagnostic, Plan } from '../schema/generated/types.js';
import { sorted } from '../schema/validate/diagnostic.js';
import type { Located, LocatedDocument } from '../schema/validate/document.js';
import { inputsOf } from './admission/inputs.js';
import { verdictOf } from './admission/verdict.js';
import type { Admission } from './ports.js';

export interface ToAdmit {
  documents: readonly LocatedDocument[];
  /** The plan to judge; null: the documents are judged. */
  plan: Plan | null;
  nowMs: number;
}

/** What the rules among documents say of documents, or of a plan; by file, then position. Nothing is evaluated where there is no rule. */
export async function admit({ documents, plan, nowMs }: ToAdmit, admission: Admission): Promise<Diagnostic[]> {
  const subject = plan === null ? 'documents' : 'plans';
  const asked = rulesAmong(documents).filter(({ document }) => subjectOf(document) === subject);
  if (asked.length === 0) return [];
  const outcomes = await admission.judge(
    asked.map(({ document }) => document),
    inputsOf(documents, plan, nowMs),
  );
  return sorted(verdictOf(asked, outcomes, documents, nowMs));
}

/** Rules by name, so that they are asked in the same order wherever they stand. */
export function rulesAmong(documents: readonly LocatedDocument[]): Located<'AdmissionRule'>[] {
  const rules = documents.filter((each): each is Located<'AdmissionRule'> => each.document.kind === 'AdmissionRule');
  const name = ({ document }: LocatedDocument) => document.metadata.name;
  return rules.sort((a, b) => (name(a) < name(b) ? -1 : 1));
}
