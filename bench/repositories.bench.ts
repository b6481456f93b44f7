// Gives drawn repositories, most of them wrong, to `validate` and `plan`. VIRTUOSO_FUZZ_REPOSITORIES says how many, 10,000 when left out;
// VIRTUOSO_FUZZ_SEED the first seed, 1 when left out; VIRTUOSO_FUZZ_JOBS how many at once, as many as there are processors when left out.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.js';
import type { RepositoryResult } from './fuzz/judge-repository.js';

const count = Number(process.env.VIRTUOSO_FUZZ_REPOSITORIES ?? 10_000);
const firstSeed = Number(process.env.VIRTUOSO_FUZZ_SEED ?? 1);
const jobs = Number(process.env.VIRTUOSO_FUZZ_JOBS ?? availableParallelism());
/** Whatever takes longer counts as hung. */
const patienceMs = 60_000;
const peakMibMax = 700;

interface Judged {
  results: RepositoryResult[];
  /** Seeds whose process ended, or did not answer in time. */
  lost: number[];
  slowestMs: number;
  peakMib: number;
}

/** Crashes, hangs and stack traces among drawn repositories; what goes wrong is told on stderr with its seed. */
export async function run(): Promise<Figure[]> {
  const left = Array.from({ length: count }, (_, index) => firstSeed + index);
  const judged: Judged = { results: [], lost: [], slowestMs: 0, peakMib: 0 };
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      while (left.length > 0) await judgeFrom(left, judged);
    }),
  );
  return figures(judged);
}

/** One process, until none is left or it is lost. */
function judgeFrom(left: number[], judged: Judged): Promise<void> {
  const program = fileURLToPath(new URL('./fuzz/repository-process.ts', import.meta.url));
  const child = fork(program, { execArgv: process.execArgv });
  let seed: number | undefined;
  let begun = 0;
  let watchdog: NodeJS.Timeout | undefined;
  const next = () => {
    clearTimeout(watchdog);
    seed = left.shift();
    if (seed === undefined) return child.disconnect();
    begun = performance.now();
    watchdog = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    child.send(seed);
  };
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const result = message as RepositoryResult;
      judged.results.push(result);
      judged.slowestMs = Math.max(judged.slowestMs, performance.now() - begun);
      judged.peakMib = Math.max(judged.peakMib, result.peakMib);
      for (const problem of result.problems) console.error(`seed ${result.seed}: ${problem}`);
      next();
    });
    child.on('exit', (code, signal) => {
      clearTimeout(watchdog);
      if (seed !== undefined) {
        judged.lost.push(seed);
        console.error(`seed ${seed}: the process ended with ${signal ?? code}`);
      }
      resolve();
    });
    next();
  });
}

function figures({ results, lost, slowestMs, peakMib }: Judged): Figure[] {
  const told = (name: string, value: number, unit = ''): Figure => ({ name, value, unit, target: '', ok: true });
  const none = (name: string, value: number): Figure => ({ name, value, unit: '', target: '= 0', ok: value === 0 });
  const ended = (verb: 0 | 1, code: number) => results.filter(({ codes }) => codes[verb] === code).length;
  const ids = new Set(results.flatMap((result) => result.ids));
  return [
    { name: 'repositories', value: results.length, unit: '', target: `= ${count}`, ok: results.length === count },
    none('crashes and hangs', lost.length),
    none(
      'problems',
      results.reduce((sum, { problems }) => sum + problems.length, 0),
    ),
    told('valid', ended(0, 0)),
    told('denied by a rule', ended(0, 3)),
    told('with a plan', ended(1, 0)),
    told('infeasible', ended(1, 4)),
    told('different rules of documents that were broken', ids.size),
    told('slowest', slowestMs, 'ms'),
    { name: 'peak memory', value: peakMib, unit: 'MiB', target: `< ${peakMibMax}`, ok: peakMib < peakMibMax },
  ];
}
