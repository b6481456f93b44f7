import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, type ProcessIdentity } from '../../agents/linux/process-identity.js';
import { maskOf, setAffinity } from '../../agents/vsched/kernel/affinity.js';
import { vschedProgram } from './program.js';

/** Of computing between two meetings, in thousands of steps: about 0.4 ms. */
const work = 300;

/** A program of four processes that all wait for each other again and again. */
export class BulkSynchronous {
  readonly processes: readonly ProcessIdentity[];
  readonly #program: ChildProcess;
  readonly #lines: Interface;

  private constructor(program: ChildProcess, lines: Interface, processes: readonly ProcessIdentity[]) {
    this.#program = program;
    this.#lines = lines;
    this.processes = processes;
  }

  /** @param processors where they run: in halves, one after the other */
  static async start(processors: readonly number[]): Promise<BulkSynchronous> {
    const program = spawn(vschedProgram('bulk-synchronous'), [String(work)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(program.stdout);
    const [line]: string[] = await once(lines, 'line');
    const pids = (line ?? '').split(' ').map(Number);
    const processes = pids.flatMap((pid) => identifyProcess(pid) ?? []);
    const started = new BulkSynchronous(program, lines, processes);
    for (const [index, pid] of pids.entries()) setAffinity(pid, maskOf(started.cpuOf(index, processors)));
    return started;
  }

  /** Where a process of it runs. */
  cpuOf(index: number, processors: readonly number[]): number {
    return processors[Math.floor((index * processors.length) / this.processes.length)] ?? 0;
  }

  /** Meetings a second, in a while. */
  async rate(ms: number): Promise<number> {
    const before = await this.#look();
    await sleep(ms);
    const after = await this.#look();
    return ((after.meetings - before.meetings) * 1e9) / (after.ns - before.ns);
  }

  async end(): Promise<void> {
    const exit = once(this.#program, 'exit');
    this.#program.stdin?.end();
    await exit;
  }

  async #look(): Promise<{ meetings: number; ns: number }> {
    const answered = once(this.#lines, 'line');
    this.#program.stdin?.write('.');
    const [line]: string[] = await answered;
    const [meetings = Number.NaN, ns = Number.NaN] = (line ?? '').split(' ').map(Number);
    return { meetings, ns };
  }
}
