import { kindsOf } from '../../schema/admission/read-rule.js';
import { timeOf } from '../../schema/admission/rule-times.js';
import type { AdmissionRule, Plan } from '../../schema/generated/types.js';
import type { OperatorDocument } from '../../schema/validate/document.js';
import { type AdmissionInputs, byKind } from './inputs.js';
import { judgeRule } from './judge-rule.js';

/** What became of one test of a rule; `message` says what was expected and what came, and is empty where it passed. */
export interface ExampleResult {
  passed: boolean;
  message: string;
}

type Example = AdmissionRule['spec']['tests'][number];

const usualTime = '2026-01-01T00:00:00Z';

/** Holds a rule to one of its tests. */
export function runExample(rule: AdmissionRule, place: number): ExampleResult {
  const example = rule.spec.tests[place];
  if (!example) return { passed: false, message: `The rule has no test ${place}.` };
  const { violations } = judgeRule(rule, inputsOf(rule, example));
  const failed = violations.find(({ kind }) => kind === 'failed');
  if (failed) return { passed: false, message: `Validation ${failed.validation + 1} fails: ${failed.message}` };
  const messages = violations.map(({ message }) => message).join(' ');
  if (example.expect === 'allow' && violations.length > 0) {
    return { passed: false, message: `It should be allowed, and is denied: ${messages}` };
  }
  if (example.expect === 'deny' && violations.length === 0) {
    return { passed: false, message: 'It should be denied, and every validation is true.' };
  }
  return { passed: true, message: '' };
}

function inputsOf(rule: AdmissionRule, { document, plan, documents = [], at }: Example): AdmissionInputs {
  const nowMs = timeOf(at ?? usualTime) ?? 0;
  const beside = documents.map((each) => completed(each, String(each.kind)));
  if (rule.spec.match.plans) return { documents: byKind(beside), plan: completedPlan(plan ?? {}), nowMs };
  const [kind = ''] = kindsOf(rule);
  const judged = completed(document ?? {}, kind);
  return { documents: byKind([judged, ...beside]), only: judged, plan: null, nowMs };
}

/** A part of a document with what every document has. */
function completed(part: Record<string, unknown>, kind: string): Partial<OperatorDocument> {
  const metadata = { name: 'example', ...(part.metadata as object | undefined) };
  return { apiVersion: 'virtuoso.dev/v1alpha1', kind, spec: {}, ...part, metadata } as Partial<OperatorDocument>;
}

function completedPlan(part: Record<string, unknown>): Plan {
  const score = { unmetMbps: 0, objective: { value: 0, unit: 'Mb/s' } };
  const lists = { objective: [], demands: [], mapping: [], paths: [], levers: [] };
  const texts = { verdict: 'keep', reason: '', algorithm: '', capacities: 'nominal' };
  const decision = { ...texts, ...lists, before: score, after: score, ...(part.decision as object | undefined) };
  return { format_version: '1', changes: [], steps: [], ...part, decision } as unknown as Plan;
}
