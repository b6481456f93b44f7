import type { AdmissionRule } from '../generated/types.js';
import type { Kind } from '../validate/document.js';
import { isKind } from '../validate/kinds.js';
import type { ExpressionFault } from './fault.js';
import type { Subject } from './language.js';
import { type ReadExpression, readExpression } from './read-expression.js';

type Evaluate = Extract<ReadExpression, { kind: 'expression' }>['evaluate'];

/** One validation that can be evaluated. */
export interface Validation {
  /** Gives `true` where all is well. */
  holds: Evaluate;
  message: string;
  /** Gives the message, where there is an expression for it. */
  say: Evaluate | null;
}

/** A mistake in the expression in `field` below `spec`. */
export type RuleFault = ExpressionFault & { field: (string | number)[] };

export type ReadRule = { kind: 'rule'; validations: Validation[] } | { kind: 'refused'; faults: RuleFault[] };

/** What a rule judges. */
export function subjectOf({ spec }: Pick<AdmissionRule, 'spec'>): Subject {
  return spec.match.documents ? 'documents' : 'plans';
}

/** Kinds of the documents that a rule judges; none of a rule for plans. */
export function kindsOf({ spec }: Pick<AdmissionRule, 'spec'>): Kind[] {
  return (spec.match.documents?.kinds ?? []).filter(isKind);
}

/** Reads every expression of a rule; or tells everything that is wrong with any of them. */
export function readRule(rule: Pick<AdmissionRule, 'spec'>): ReadRule {
  const context = { subject: subjectOf(rule), kinds: kindsOf(rule) };
  const faults: RuleFault[] = [];
  const read = (text: string, gives: 'bool' | 'string', field: (string | number)[]): Evaluate | null => {
    const expression = readExpression(text, { ...context, gives });
    if (expression.kind === 'expression') return expression.evaluate;
    faults.push(...expression.faults.map((fault) => ({ ...fault, field })));
    return null;
  };
  const validations = rule.spec.validations.flatMap(({ expression, message, messageExpression }, place) => {
    const field = ['validations', place];
    const holds = read(expression, 'bool', [...field, 'expression']);
    const say =
      messageExpression === undefined ? null : read(messageExpression, 'string', [...field, 'messageExpression']);
    return holds ? [{ holds, message, say }] : [];
  });
  return faults.length > 0 ? { kind: 'refused', faults } : { kind: 'rule', validations };
}
