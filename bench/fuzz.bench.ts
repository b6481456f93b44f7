// Fuzzes every parser of what comes from elsewhere. VIRTUOSO_FUZZ_SECONDS says for how long each, 600 when left out;
// VIRTUOSO_FUZZ_JOBS how many at once, as many as there are processors when left out.
import { availableParallelism } from 'node:os';
import type { Figure } from './figure.js';
import { type FuzzBudget, fuzzBpfParsers } from './fuzz/bpf-parsers.js';
import { fuzzNative, type NativeFuzzer, nativeFuzzers } from './fuzz/native-parsers.js';
import { fuzzDocuments, fuzzMessages, type TextFuzzResult } from './fuzz/wire-protocol.js';

const secondsWhenLeftOut = 600;
const jobs = Number(process.env.VIRTUOSO_FUZZ_JOBS ?? availableParallelism());

/** Runs and failures of each fuzzer, and how much it has seen of its parser. What goes wrong is told on stderr, with the input. */
export async function run(): Promise<Figure[]> {
  const seconds = Number(process.env.VIRTUOSO_FUZZ_SECONDS ?? secondsWhenLeftOut);
  if (!(seconds > 0)) throw new Error('VIRTUOSO_FUZZ_SECONDS is a number of seconds, as in VIRTUOSO_FUZZ_SECONDS=60.');
  // Another seed each time: what one run has not tried the next one may.
  const seed = Date.now() % 2 ** 31;
  console.error(`seed ${seed}`);
  const budget: FuzzBudget = { seed, durationMs: seconds * 1000 };
  return [
    ...(await fuzzAllNative(seed, seconds)),
    ...textFigures('messages of the wire protocol', fuzzMessages(budget)),
    ...textFigures('documents of a repository', fuzzDocuments(budget)),
    ...bpfFigures(budget),
  ];
}

async function fuzzAllNative(seed: number, seconds: number): Promise<Figure[]> {
  const left = [...nativeFuzzers];
  const figures = new Map<NativeFuzzer, Figure[]>();
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const { runs, coverage, problem } = await fuzzNative(name, { seed, seconds });
      const problems = problem === undefined ? [] : [problem];
      const covered: Figure = { name: `fuzz ${name}: coverage`, value: coverage, unit: 'edges', target: '', ok: true };
      figures.set(name, [...verdict(name, runs, problems), covered]);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return nativeFuzzers.flatMap((name) => figures.get(name) ?? []);
}

function textFigures(name: string, { runs, accepted, answers, problems }: TextFuzzResult): Figure[] {
  return [
    ...verdict(name, runs, problems),
    { name: `fuzz ${name}: well-formed all the same`, value: accepted, unit: '', target: '', ok: true },
    { name: `fuzz ${name}: different answers`, value: answers, unit: '', target: '', ok: true },
  ];
}

function bpfFigures(budget: FuzzBudget): Figure[] {
  const { runs, problems } = fuzzBpfParsers(budget);
  return verdict('parsers in the kernel', runs, problems);
}

function verdict(name: string, runs: number, problems: readonly string[]): Figure[] {
  for (const problem of problems) console.error(`${name}: ${problem}`);
  const failures = problems.length;
  return [
    { name: `fuzz ${name}: runs`, value: runs, unit: '', target: '> 0', ok: runs > 0 },
    { name: `fuzz ${name}: failures`, value: failures, unit: '', target: '= 0', ok: failures === 0 },
  ];
}
