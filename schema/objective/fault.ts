import { type RuleId, rules } from '../validate/rules.js';
import type { Span } from './syntax.js';

/** What is wrong with an expression, where in it, and what to do. */
export interface ExpressionFault extends Span {
  id: RuleId;
  summary: string;
  detail: string;
}

/** `detail` defaults to the rule's general remedy. */
export function broken(
  id: RuleId,
  { start, end }: Span,
  summary: string,
  detail: string = rules[id].remedy,
): ExpressionFault {
  return { id, start, end, summary, detail };
}

/** What checks tell their mistakes to; null stands for what has one. */
export type Refuse = (fault: ExpressionFault) => null;

/** More are not listed for one expression. */
export const maxFaults = 20;

/** The first faults by position, one for each place. */
export function listed(faults: readonly ExpressionFault[]): ExpressionFault[] {
  const byPlace = [...faults].sort((a, b) => a.start - b.start || a.end - b.end);
  return byPlace.filter((fault, index) => fault.start !== byPlace[index - 1]?.start).slice(0, maxFaults);
}
