import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { vschedProgram } from './program.js';

const bytesOfSample = 24;

/** Processor time that a process has had at ends of periods, in nanoseconds, by CLOCK_MONOTONIC. */
export type Samples = ReadonlyMap<number, number>;

/** Reads the clocks of processes at the ends of their periods, on the processor that they share (sampler.c). */
export class Sampler {
  readonly #program: ChildProcess;
  readonly #path: string;

  private constructor(program: ChildProcess, path: string) {
    this.#program = program;
    this.#path = path;
  }

  static async start(cpu: number, path: string, tasks: readonly { pid: number; periodUs: number }[]): Promise<Sampler> {
    const args = [cpu, path, ...tasks.flatMap(({ pid, periodUs }) => [pid, periodUs * 1000])];
    const program = spawn(vschedProgram('sampler'), args.map(String), { stdio: ['ignore', 'ignore', 'inherit'] });
    await once(program, 'spawn');
    return new Sampler(program, path);
  }

  /** Ends it, and gives what it has noted, by number of the process. */
  async end(): Promise<Map<number, Samples>> {
    if (this.#program.exitCode === null) {
      const exit = once(this.#program, 'exit');
      this.#program.kill('SIGKILL');
      await exit;
    }
    const samples = readSamples(this.#path);
    rmSync(this.#path);
    return samples;
  }
}

function readSamples(path: string): Map<number, Samples> {
  const bytes = readFileSync(path);
  const number = (at: number): number => Number(bytes.readBigInt64LE(at));
  const found = new Map<number, Map<number, number>>();
  for (let index = 0; index < number(0); index++) {
    const at = 8 + index * bytesOfSample;
    const samples = found.get(number(at)) ?? new Map<number, number>();
    found.set(number(at), samples.set(number(at + 8), number(at + 16)));
  }
  return found;
}
