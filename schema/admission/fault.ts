import type { RuleId } from '../validate/rules.js';

/** A mistake in an expression: from character `start` to before `end`, in UTF-16 units. */
export interface ExpressionFault {
  id: RuleId;
  start: number;
  end: number;
  summary: string;
  /** What to do; the rule's general remedy when left out. */
  detail?: string;
}
