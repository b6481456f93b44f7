import type { AdmissionRule } from '../../schema/generated/types.js';
import type { AdmissionInputs } from './inputs.js';
import { type Judgement, judgeRule } from './judge-rule.js';
import { type ExampleResult, runExample } from './run-example.js';

/** A piece of work with rules that can be ended from outside. */
export type AdmissionTask =
  | { kind: 'judge'; rule: AdmissionRule }
  | { kind: 'example'; rule: AdmissionRule; place: number };

export interface TaskResults {
  judge: Judgement;
  example: ExampleResult;
}

/** @param inputs what is judged; examples bring their own */
export function perform(task: AdmissionTask, inputs: AdmissionInputs): Judgement | ExampleResult {
  return task.kind === 'judge' ? judgeRule(task.rule, inputs) : runExample(task.rule, task.place);
}
