import { kindsOf, readRule, type Validation } from '../../schema/admission/read-rule.js';
import type { AdmissionRule } from '../../schema/generated/types.js';
import type { OperatorDocument } from '../../schema/validate/document.js';
import type { AdmissionInputs } from './inputs.js';

/** A validation that is not true of an object. */
export interface Violation {
  /** `VMSet/web`, or `Plan`. */
  object: string;
  /** Place of the validation in the rule. */
  validation: number;
  /** `failed`: whether it is true could not be found out. */
  kind: 'untrue' | 'failed';
  message: string;
}

/** What a rule says of everything that it judges. */
export interface Judgement {
  /** By object, then validation. */
  violations: Violation[];
  /** How many more there are. */
  unlisted: number;
}

const mostListed = 100;
const longestMessage = 1000;

interface Judged {
  object: string;
  variables: Record<string, unknown>;
}

/** Evaluates a rule. Pure, but it takes as long as its expressions want: run it where it can be ended. */
export function judgeRule(rule: AdmissionRule, inputs: AdmissionInputs): Judgement {
  const read = readRule(rule);
  if (read.kind === 'refused') {
    const messages = read.faults.map(({ summary }) => summary).join(' ');
    return { violations: [{ object: '', validation: 0, kind: 'failed', message: messages }], unlisted: 0 };
  }
  const violations: Violation[] = [];
  let unlisted = 0;
  for (const { object, variables } of judgedBy(rule, inputs)) {
    for (const [validation, statement] of read.validations.entries()) {
      const found = violationOf(statement, variables);
      if (found === null) continue;
      if (violations.length < mostListed) violations.push({ object, validation, ...found });
      else unlisted += 1;
    }
  }
  return { violations, unlisted };
}

function judgedBy(rule: AdmissionRule, { documents, plan, nowMs, only }: AdmissionInputs): Judged[] {
  const shared = { documents, now: new Date(nowMs) };
  if (rule.spec.match.documents) {
    const objects = only === undefined ? kindsOf(rule).flatMap((kind) => documents[kind] ?? []) : [only];
    return objects.map((object) => {
      const { kind, metadata } = object as OperatorDocument;
      return { object: `${kind}/${metadata.name}`, variables: { ...shared, object } };
    });
  }
  if (plan === null) return [];
  const moves = plan.changes.filter(({ kind }) => kind === 'guest-move');
  return [{ object: 'Plan', variables: { ...shared, plan, moves } }];
}

function violationOf(
  { holds, message, say }: Validation,
  variables: Record<string, unknown>,
): Pick<Violation, 'kind' | 'message'> | null {
  const value = evaluated(holds, variables);
  if (value.kind === 'failed') return value;
  if (value.result === true) return null;
  if (value.result !== false) return { kind: 'failed', message: 'The expression gives neither `true` nor `false`.' };
  const said = say && evaluated(say, variables);
  const text = said?.kind === 'value' && typeof said.result === 'string' && said.result !== '' ? said.result : message;
  return { kind: 'untrue', message: text.slice(0, longestMessage) };
}

/** The library throws where a value is not there or not of the right type: that is the rule's mistake, and is told. */
function evaluated(
  evaluate: Validation['holds'],
  variables: Record<string, unknown>,
): { kind: 'value'; result: unknown } | { kind: 'failed'; message: string } {
  try {
    return { kind: 'value', result: evaluate(variables) };
  } catch (error) {
    const { summary, message } = error as { summary?: string; message?: string };
    return { kind: 'failed', message: `${summary ?? message ?? String(error)}.`.slice(0, longestMessage) };
  }
}
