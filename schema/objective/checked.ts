import type { Aggregator, RowFunctionName } from './functions.js';
import type { Interval } from './interval.js';
import type { Operator } from './syntax.js';
import type { Level, RowLevel, TermName } from './terms.js';
import type { Unit } from './units.js';

/** An expression without mistakes: its names are resolved, numbers are in base units, and it has a finite value everywhere. */
export type Checked = {
  /** Null fits any level: nothing but numbers. */
  level: Level | null;
  unit: Unit;
  /** Every value lies within. */
  range: Interval;
} & (
  | { kind: 'constant'; value: number }
  | { kind: 'term'; term: TermName }
  | { kind: 'negation'; operand: Checked }
  | { kind: 'operation'; operator: Operator; left: Checked; right: Checked }
  | { kind: 'function'; name: RowFunctionName; args: Checked[] }
  /** Over rows of the level of `operand`. */
  | { kind: 'aggregate'; aggregator: Aggregator; over: RowLevel; operand: Checked }
);
