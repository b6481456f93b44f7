import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Window } from './judge.js';
import { vschedProgram } from './program.js';

/** In which /proc/stat counts. */
const tickMs = 10;
/** A tick that is counted may be the sum of what was taken some time before. */
const beforeNs = 20_000_000;

interface Taken extends Window {
  cpu: number;
  ticks: number;
}

/** Sees when the machine below takes time from processors. */
export class StealWatch {
  readonly #program: ChildProcess;
  readonly #taken: Taken[] = [];
  #text = '';

  private constructor(program: ChildProcess) {
    this.#program = program;
    program.stdout?.on('data', (text: Buffer) => this.#note(text.toString()));
  }

  static async start(): Promise<StealWatch> {
    const program = spawn(vschedProgram('steal'), { stdio: ['ignore', 'pipe', 'inherit'] });
    const watch = new StealWatch(program);
    const outcome = await Promise.race([
      once(program.stdout ?? program, 'data').then(() => true),
      once(program, 'exit').then(() => false),
    ]);
    if (!outcome) throw new Error('Who sees what the machine below takes away does not run.');
    return watch;
  }

  windows(cpu: number): Window[] {
    return this.#taken
      .filter((each) => each.cpu === cpu)
      .map(({ fromNs, toNs }) => ({ fromNs: fromNs - beforeNs, toNs }));
  }

  /** Of all processors. */
  get everywhere(): Window[] {
    return [...new Set(this.#taken.map(({ cpu }) => cpu))].flatMap((cpu) => this.windows(cpu));
  }

  /** On all processors, between two times. */
  stolenMs(fromNs: number, toNs: number): number {
    const during = this.#taken.filter((each) => each.fromNs < toNs && each.toNs > fromNs);
    return during.reduce((sum, { ticks }) => sum + ticks * tickMs, 0);
  }

  async end(): Promise<void> {
    const exit = once(this.#program, 'exit');
    this.#program.kill('SIGKILL');
    await exit;
  }

  #note(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const [fromNs = 0, toNs = 0, cpu = 0, ticks = 0] = line.split(' ').map(Number);
      if (ticks > 0) this.#taken.push({ fromNs, toNs, cpu, ticks });
    }
  }
}
