import { judgeRule } from '../../../reconciler/admission/judge-rule.js';
import { runExample } from '../../../reconciler/admission/run-example.js';
import type { Admission } from '../../../reconciler/ports.js';

/** Evaluates rules here and now, without limits. */
export const inProcess: Admission = {
  judge: async (rules, inputs) => rules.map((rule) => ({ kind: 'judged', ...judgeRule(rule, inputs) })),
  test: async (rule) => rule.spec.tests.map((_, place) => runExample(rule, place)),
};
