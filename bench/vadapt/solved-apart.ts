import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import type { PlacementProblem, Solved } from '../../schema/generated/types.js';
import { faultsOf } from '../../test/reconciler/vadapt/verifier.js';
import { builtModule } from '../built-module.js';
import { iterationsFor } from './iterations-for.js';
import { verdicts } from './judged.js';

export interface SolvedApart {
  answer: Solved;
  /** From the problem read to the configuration found. */
  seconds: number;
  /** From the start of the process to its end. */
  processSeconds: number;
  /** Peak memory of the whole process. */
  peakMib: number;
}

/** Solves a problem in a process of its own, as operators have it: needs a build of the rooms. The verifier judges the answer. */
export function solvedApart(file: PlacementProblem, iterations: number): SolvedApart {
  const main = builtModule(join(packageRoot(), 'bench', 'vadapt', 'solve-process.ts'));
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-solve-'));
  try {
    const path = join(folder, 'problem.json');
    writeFileSync(path, JSON.stringify(file));
    const args = [main, path, '--iterations', String(iterations), '--threads', '2', '-o', 'json'];
    const begunMs = performance.now();
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
    const processSeconds = (performance.now() - begunMs) / 1000;
    const peakKib = Number(/peak (\d+) KiB/.exec(stderr)?.[1]);
    if (status !== 0 || Number.isNaN(peakKib)) throw new Error(`virtuoso solve ended with ${status}: ${stderr}`);
    const answer = JSON.parse(stdout) as Solved;
    verdicts.answers++;
    verdicts.faults.push(...faultsOf(file, answer).map((fault) => `${file.name}: ${fault}`));
    return { answer, seconds: (answer.time?.ms ?? 0) / 1000, processSeconds, peakMib: peakKib / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** With as many iterations as take so long, which shorter runs tell. */
export async function solvedApartFor(file: PlacementProblem, seconds: number): Promise<SolvedApart> {
  const take = async (iterations: number) => solvedApart(file, iterations).seconds;
  return solvedApart(file, await iterationsFor(seconds, take, 20_000));
}
