import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, type ProcessIdentity } from '../../agents/linux/process-identity.js';
import { layout } from '../../agents/vsched/area-layout.js';
import { hostBackends } from '../../agents/vsched/host-backends.js';
import { maskOf, setAffinity } from '../../agents/vsched/kernel/affinity.js';
import { usedUs } from '../../agents/vsched/kernel/used-time.js';
import type { BackendKind, SchedulerBackend } from '../../agents/vsched/scheduler-backend.js';
import { vschedProgram } from './program.js';
import { Sampler } from './sampler.js';
import { StealWatch } from './steal-watch.js';
import { readRuns, Trace } from './trace.js';

export const processors = cpus().map((_, cpu) => cpu);
const competitorsEach = 2;

/** A process that stands in for a VM. */
export interface StandIn {
  process: ProcessIdentity;
  /** Ends it. */
  trace(): Promise<Trace>;
}

/** This machine, with ordinary processes that want all of every processor, and one backend at a time. */
export class VschedStage {
  readonly folder = mkdtempSync('/dev/shm/virtuoso-bench-vsched-');
  readonly steal: StealWatch;
  #competitors: ChildProcess[] = [];
  #count = 0;

  private constructor(steal: StealWatch) {
    this.steal = steal;
  }

  static async open(): Promise<VschedStage> {
    return new VschedStage(await StealWatch.start());
  }

  /** So many ordinary processes a processor, each of which wants so many percent of it, in place of those before. */
  async compete(percent = 100, each = competitorsEach): Promise<void> {
    await endAll(this.#competitors);
    this.#competitors = [];
    if (percent === 0) return;
    for (const cpu of processors)
      for (let count = 0; count < each; count++) {
        const program = spawn(vschedProgram('load'), [String(percent)], { stdio: 'ignore' });
        this.#competitors.push(program);
        await once(program, 'spawn');
        setAffinity(program.pid ?? 0, maskOf(cpu));
      }
  }

  /** Microseconds that ordinary processes have had so far. */
  get competitorsUs(): number {
    return this.#competitors.reduce((sum, { pid = 0 }) => sum + usedUs(pid), 0);
  }

  /** @throws if the backend does not open here, with the remedy. */
  async backend(kind: BackendKind, reservedPpm: number): Promise<SchedulerBackend> {
    const folder = join(this.folder, kind);
    mkdirSync(folder, { recursive: true });
    const probes = hostBackends({ name: 'bench', cpus: processors, reservedPpm, folder });
    const probe = probes.find((each) => each.kind === kind);
    if (probe === undefined) throw new Error(`there is no ${kind} here`);
    return probe.open();
  }

  async standIn(): Promise<StandIn> {
    const path = join(this.folder, `stand-in-${this.#count++}`);
    const program = spawn(vschedProgram('stand-in'), [path], { stdio: ['ignore', 'ignore', 'inherit'] });
    await once(program, 'spawn');
    const process = identifyProcess(program.pid ?? 0);
    if (process === undefined) throw new Error('a stand-in does not run');
    const trace = async (): Promise<Trace> => {
      await endAll([program]);
      const read = new Trace(readRuns(path));
      rmSync(path);
      return read;
    };
    return { process, trace };
  }

  /** Of processes on one processor. */
  sampler(cpu: number, tasks: readonly { pid: number; periodUs: number }[]): Promise<Sampler> {
    return Sampler.start(cpu, join(this.folder, `samples-${cpu}`), tasks);
  }

  /** Processor time of a processor's core and watchdog so far, as the kernel says. */
  coreUs(cpu: number): number {
    const head = readFileSync(join(this.folder, 'edf', 'edf', `cpu${cpu}`)).subarray(0, layout.head.size);
    const pids = [head.readInt32LE(layout.head.corePid), head.readInt32LE(layout.head.watchPid)];
    return pids.reduce((sum, pid) => sum + usedUs(pid), 0);
  }

  async close(): Promise<void> {
    await this.compete(0);
    await this.steal.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function endAll(programs: readonly ChildProcess[]): Promise<void> {
  for (const program of programs) {
    if (program.exitCode !== null || program.signalCode !== null) continue;
    const exit = once(program, 'exit');
    program.kill('SIGKILL');
    await exit;
  }
}
