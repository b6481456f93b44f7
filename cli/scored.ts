import { type Inputs, pose } from '../reconciler/pass/pose.js';
import { scoreLine } from '../reconciler/pass/score-line.js';
import { evaluate } from '../reconciler/vadapt/evaluate.js';
import type { Score } from '../schema/generated/types.js';

/** What a fleet as it is observed is worth by documents; null where it lacks a VM that they want, or they contradict one another. */
export function scoreOf(inputs: Inputs): Score | null {
  const posed = pose(inputs);
  if (posed.kind === 'rejected' || posed.question.running === null) return null;
  const { mapping, paths } = posed.question.running;
  return scoreLine(posed.problem, evaluate(posed.problem, mapping, paths));
}
