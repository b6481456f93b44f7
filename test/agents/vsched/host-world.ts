import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, type ProcessIdentity } from '../../../agents/linux/process-identity.js';
import { hostBackends } from '../../../agents/vsched/host-backends.js';
import type { BackendKind, SchedulerBackend } from '../../../agents/vsched/scheduler-backend.js';
import type { BackendWorld } from './backend-contract.js';
import { cpu, hogProgram, schedulingOf, usedNs } from './core-stage.js';

/** SCHED_OTHER, SCHED_BATCH, SCHED_IDLE. */
const ordinaryPolicies = [0, 3, 5];

/** Real processes on one processor of this machine. */
export class HostWorld implements BackendWorld {
  readonly folder = mkdtempSync('/dev/shm/virtuoso-vsched-');
  readonly #kind: BackendKind;
  readonly #hogs = new Map<number, ChildProcess>();
  readonly #processors = new Map<number, string>();
  #backend: SchedulerBackend | undefined;

  private constructor(kind: BackendKind) {
    this.#kind = kind;
  }

  static async open(kind: BackendKind): Promise<HostWorld> {
    const world = new HostWorld(kind);
    await world.#open();
    return world;
  }

  get backend(): SchedulerBackend {
    if (this.#backend === undefined) throw new Error('it is not open');
    return this.#backend;
  }

  async start(threads = 1): Promise<ProcessIdentity> {
    const hog = spawn(hogProgram(), [String(threads)], { stdio: 'ignore' });
    await once(hog, 'spawn');
    const process = identifyProcess(hog.pid ?? 0);
    if (process === undefined) throw new Error('the hog does not run');
    this.#hogs.set(process.pid, hog);
    while (schedulingOf(process.pid).states.length < threads) await sleep(1);
    this.#processors.set(process.pid, schedulingOf(process.pid).processors);
    return process;
  }

  async end({ pid }: ProcessIdentity): Promise<void> {
    const hog = this.#hogs.get(pid);
    this.#hogs.delete(pid);
    if (hog === undefined) return;
    const exit = once(hog, 'exit');
    hog.kill('SIGKILL');
    await exit;
  }

  elapse(ms: number): Promise<void> {
    return sleep(ms);
  }

  usedUs({ pid }: ProcessIdentity): number {
    return usedNs(pid) / 1000;
  }

  isOrdinary({ pid }: ProcessIdentity): boolean {
    const { states, policies, processors } = schedulingOf(pid);
    const isRunning = states.every((state) => state !== 'T') && processors === this.#processors.get(pid);
    return isRunning && policies.every((policy) => ordinaryPolicies.includes(policy));
  }

  /** Nothing is closed before. The core would end with the process that this one only pretends to be. */
  get reopen(): (() => Promise<void>) | undefined {
    return this.#kind === 'edf' ? undefined : () => this.#open();
  }

  async #open(): Promise<void> {
    const probes = hostBackends({ name: 'test', cpus: [cpu], reservedPpm: 100_000, folder: this.folder });
    this.#backend = await probes.find(({ kind }) => kind === this.#kind)?.open();
  }

  async close(): Promise<void> {
    await this.#backend?.close();
    for (const pid of [...this.#hogs.keys()]) await this.end({ pid, startTicks: 0, bootId: '' });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
