import type { Judgement } from './judge-rule.js';

/** What came of asking one rule. */
export type RuleOutcome = ({ kind: 'judged' } & Judgement) | Ended;

/** A rule that took too long, or too much memory. */
export interface Ended {
  kind: 'ended';
  /** For people, with what to do. */
  reason: string;
}
