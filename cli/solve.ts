import { readFile } from 'node:fs/promises';
import type { Infeasible, Problem, Solution } from '../reconciler/model/problem.js';
import { answerOf, infeasibilityOf } from '../reconciler/vadapt/problem-file/answer.js';
import { indexedProblem } from '../reconciler/vadapt/problem-file/indexed-problem.js';
import type { SolveOptions as Search } from '../reconciler/vadapt/solve.js';
import type { PlacementProblem, Solved } from '../schema/generated/types.js';
import { maxProblemBytes, type ReadProblem, readProblem } from '../schema/problem/read-problem.js';
import { renderDiagnostics } from '../schema/validate/render.js';
import { sourceFile } from '../schema/validate/source-file.js';
import { exitCodes } from './exit-codes.js';
import { searchInThreads } from './search-in-threads.js';
import { standsNow } from './solve-before.js';
import { solutionText } from './solve-text.js';

export const algorithms: readonly Search['algorithm'][] = [
  'engine',
  'exact',
  'greedy-pairs',
  'greedy-order',
  'annealing',
  'genetic',
];

export interface SolveOptions extends Search {
  /** Path of the problem. */
  file: string;
  output: 'text' | 'json';
  threads: number;
  /** Whether to tell how long it took: what differs from run to run. */
  time: boolean;
}

/** Solves a problem that stands alone, and prints the answer. Returns the exit code. */
export async function solve({ file, output, threads, time, ...options }: SolveOptions): Promise<number> {
  const content = await readFile(file).catch((error: Error) => error);
  if (content instanceof Error) {
    process.stderr.write(`error: ${file} cannot be read: ${content.message}. Name a file that holds a problem.\n`);
    return exitCodes.error;
  }
  const read = readProblem(sourceFile(file, content, maxProblemBytes));
  if (read.kind === 'refused') {
    process.stderr.write(renderDiagnostics(read.diagnostics, 'text'));
    return exitCodes.error;
  }
  if (options.algorithm !== 'engine' && !('links' in read.problem.network)) {
    const message = `${options.algorithm} is for networks of links, and this one has distances alone: leave --algorithm out.`;
    process.stderr.write(`error: ${message}\n`);
    return exitCodes.error;
  }
  const begunMs = performance.now();
  const problem = indexedProblem(read.problem, read.ranks);
  const found = await searchInThreads(problem, options, threads);
  const ms = Math.round(performance.now() - begunMs);
  if ('kind' in found) return refused(read.problem, found, output);
  const answer = answered(read, problem, found, options);
  if (time) answer.time = { ms };
  process.stdout.write(output === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : solutionText(read.problem, answer));
  return exitCodes.ok;
}

function answered(read: ReadProblem, problem: Problem, found: Solution, { seed, iterations }: Search): Solved {
  const answer = answerOf(read.problem, problem, found, { seed, iterations });
  const before = standsNow(problem, seed);
  if (before !== null) answer.before = before;
  return answer;
}

function refused(file: PlacementProblem, found: Infeasible, output: 'text' | 'json'): number {
  const { message } = found;
  if (output === 'json') process.stdout.write(`${JSON.stringify(infeasibilityOf(file, found), null, 2)}\n`);
  process.stderr.write(`error: ${message.trimEnd()}\n`);
  return exitCodes.infeasible;
}
