import { answerOf, infeasibilityOf } from '../../../reconciler/vadapt/problem-file/answer.js';
import { indexedProblem } from '../../../reconciler/vadapt/problem-file/indexed-problem.js';
import { type SolveOptions, solve } from '../../../reconciler/vadapt/solve.js';
import type { PlacementProblem, PlacementSolution } from '../../../schema/generated/types.js';
import { readProblem } from '../../../schema/problem/read-problem.js';

/** The answer to a problem, by the way that `virtuoso solve` takes. */
export function solved(file: PlacementProblem, options: SolveOptions): PlacementSolution {
  const read = readProblem({ path: 'problem.json', text: JSON.stringify(file) });
  if (read.kind === 'refused') throw new Error(read.diagnostics.map(({ summary }) => summary).join(' '));
  const problem = indexedProblem(read.problem, read.ranks);
  const found = solve(problem, options);
  return 'kind' in found ? infeasibilityOf(read.problem, found) : answerOf(read.problem, problem, found, options);
}
