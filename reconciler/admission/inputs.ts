import type { Plan } from '../../schema/generated/types.js';
import type { LocatedDocument, OperatorDocument } from '../../schema/validate/document.js';
import { kinds } from '../../schema/validate/kinds.js';

/** What rules are asked about, as plain values: they go to a thread of their own. */
export interface AdmissionInputs {
  /** A list for every kind, by name. */
  documents: Record<string, unknown[]>;
  /** The plan to judge; null: the documents are judged. */
  plan: Plan | null;
  nowMs: number;
  /** The one document to judge, where not all shall be. */
  only?: unknown;
}

export function inputsOf(documents: readonly LocatedDocument[], plan: Plan | null, nowMs: number): AdmissionInputs {
  return { documents: byKind(documents.map(({ document }) => document)), plan, nowMs };
}

/** Nothing to judge. */
export const noInputs: AdmissionInputs = { documents: {}, plan: null, nowMs: 0 };

/** Documents, or parts of them, in lists by kind, each by name. Every kind has a list. */
export function byKind(documents: readonly Partial<OperatorDocument>[]): Record<string, unknown[]> {
  const name = ({ metadata }: Partial<OperatorDocument>) => metadata?.name ?? '';
  const sorted = [...documents].sort((a, b) => (name(a) < name(b) ? -1 : 1));
  return Object.fromEntries(kinds.map((kind) => [kind, sorted.filter((each) => each.kind === kind)]));
}
