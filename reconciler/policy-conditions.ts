import type { Diagnostic } from '../schema/generated/types.js';
import { isDenied } from './admission/verdict.js';
import type { ConditionDraft } from './condition-draft.js';

/** What rules say, as of the last pass. */
export interface PolicyFacts {
  /** Of the newest documents; null where no rule judges documents. */
  documents: Diagnostic[] | null;
  /** Of the newest plan; null where no rule judges plans, or there is no plan. */
  plan: Diagnostic[] | null;
}

/** Whether rules are kept: by the newest documents, and by the newest plan. */
export function policyConditions({ documents, plan }: PolicyFacts): ConditionDraft[] {
  return [
    ...(documents === null ? [] : [condition('source/repository', documents)]),
    ...(plan === null ? [] : [condition('fleet/fleet', plan)]),
  ];
}

function condition(object: string, said: readonly Diagnostic[]): ConditionDraft {
  const base = { object, type: 'PolicyCompliant' as const };
  if (isDenied(said)) return { ...base, status: 'False', reason: 'PolicyDenied', message: diagnosticLines(said) };
  if (said.length > 0) return { ...base, status: 'True', reason: 'Noted', message: diagnosticLines(said) };
  return { ...base, status: 'True', reason: 'Compliant', message: 'Every rule is kept.' };
}

const shown = 10;

/** A line for each, with its place, what denies first; of many the first ones. */
export function diagnosticLines(said: readonly Diagnostic[]): string {
  const rank = ({ severity }: Diagnostic) => (severity === 'error' ? 0 : 1);
  const sorted = [...said].sort((a, b) => rank(a) - rank(b));
  const lines = sorted.slice(0, shown).map(({ range, id, severity, summary, detail }) => {
    const { line, column } = range.start;
    const text = severity === 'error' ? `${summary} ${detail}` : summary;
    return `${range.filename}:${line}:${column}: ${severity} ${id}: ${text}`;
  });
  const more = said.length > shown ? [`and ${said.length - shown} more`] : [];
  return [...lines, ...more].join('\n');
}
