import { searchInThreads } from '../../cli/search-in-threads.js';
import { answerOf } from '../../reconciler/vadapt/problem-file/answer.js';
import { indexedProblem } from '../../reconciler/vadapt/problem-file/indexed-problem.js';
import type { SolveOptions } from '../../reconciler/vadapt/solve.js';
import type { PlacementProblem, Solved } from '../../schema/generated/types.js';
import { readProblem } from '../../schema/problem/read-problem.js';
import { faultsOf } from '../../test/reconciler/vadapt/verifier.js';
import { iterationsFor } from './iterations-for.js';

/** Iterations from which on lanes run in threads. */
const sharedFrom = 120_000;

/** An answer that the verifier has looked at. */
export interface Judged {
  answer: Solved;
  /** From the text of the problem to the configuration. */
  seconds: number;
}

const threads = 2;

/** How many answers there were, and what is wrong with any. */
export const verdicts: { answers: number; faults: string[] } = { answers: 0, faults: [] };

/** Solves a problem through its public format, on two threads; the verifier judges the answer. */
export async function judged(file: PlacementProblem, options: SolveOptions): Promise<Judged> {
  const text = JSON.stringify(file);
  const begunMs = performance.now();
  const read = readProblem({ path: 'problem.json', text });
  if (read.kind === 'refused') throw new Error(read.diagnostics.map(({ summary }) => summary).join(' '));
  const problem = indexedProblem(read.problem, read.ranks);
  const found = await searchInThreads(problem, options, threads);
  const seconds = (performance.now() - begunMs) / 1000;
  if ('kind' in found) throw new Error(`${file.name ?? 'the problem'} is infeasible: ${found.message}`);
  const answer = answerOf(read.problem, problem, found, options);
  const faults = faultsOf(file, answer);
  verdicts.answers++;
  verdicts.faults.push(...faults.map((fault) => `${file.name ?? 'problem'}, ${options.algorithm}: ${fault}`));
  return { answer, seconds };
}

/**
 * Solves with as many iterations as take so long on this machine, which shorter runs tell. The answer says how many: it follows from
 * them and the seed alone.
 */
export async function judgedFor(
  file: PlacementProblem,
  seconds: number,
  { algorithm = 'engine', seed = 1 }: Partial<Omit<SolveOptions, 'iterations'>> = {},
): Promise<Judged> {
  const take = async (iterations: number) => (await judged(file, { algorithm, seed, iterations })).seconds;
  // Shorter runs of the engine are not shared among threads, and tell nothing of longer ones.
  const first = algorithm === 'engine' && seconds > 2 ? sharedFrom : 1000;
  return judged(file, { algorithm, seed, iterations: await iterationsFor(seconds, take, first) });
}
