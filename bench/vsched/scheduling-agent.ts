import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { builtModule } from '../built-module.js';

let built: string | undefined;

/** An agent's scheduler in a process of its own, to be killed (agent-process.ts). */
export class SchedulingAgent {
  readonly #program: ChildProcess;
  readonly #lines: Interface;
  readonly #ready: Promise<unknown>;
  readonly #ended: Promise<string>;

  constructor(cpu: number, folder: string) {
    // Once: another agent may be reading it.
    built ??= builtModule(fileURLToPath(new URL('./agent-process.ts', import.meta.url)));
    const args = [built, String(cpu), folder];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.on('error', () => undefined); // it is killed while it is spoken to
    this.#program = child;
    this.#lines = createInterface(child.stdout);
    this.#ready = once(this.#lines, 'line');
    this.#ended = once(child, 'exit').then(() => 'it has ended');
  }

  /** Has it schedule processes; gives what it says, or that it has ended. */
  async schedule(pids: readonly number[]): Promise<string> {
    await Promise.race([this.#ready, this.#ended]);
    const answer = once(this.#lines, 'line').then(([line]: string[]) => line ?? '');
    this.#program.stdin?.write(`${pids.join(' ')}\n`);
    return Promise.race([answer, this.#ended]);
  }

  get pid(): number {
    return this.#program.pid ?? 0;
  }

  async end(): Promise<void> {
    this.#program.stdin?.end();
    await this.#ended;
  }
}
