import type { UnitName } from './units.js';

/** Characters of an expression, in UTF-16 units: from `start` to before `end`. */
export interface Span {
  start: number;
  end: number;
}

export type Operator = '+' | '-' | '*' | '/';

/** An expression as it is written. */
export type Syntax = Span &
  (
    | { kind: 'number'; value: number; unit: UnitName | null }
    | { kind: 'name'; name: string }
    | { kind: 'negation'; operand: Syntax }
    | { kind: 'operation'; operator: Operator; left: Syntax; right: Syntax }
    | { kind: 'call'; name: string; nameEnd: number; args: Syntax[] }
    /** What was refused already, with what could be read of it. */
    | { kind: 'refused'; parts: Syntax[] }
  );

/** Tighter operators have higher numbers. */
export const precedence: Record<Operator, number> = { '+': 1, '-': 1, '*': 2, '/': 2 };
