import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from '../../agents/linux/process-identity.js';
import { attempt, statFields } from '../../agents/linux/processes.js';
import { layout } from '../../agents/vsched/area-layout.js';
import { vschedProgram } from './program.js';
import { SchedulingAgent } from './scheduling-agent.js';

export type Harm = 'core killed' | 'core stopped' | 'agent killed';

/** What came of it: after how long all ran as ordinary processes, and whether they did so from then on. */
export interface Aftermath {
  fromNs: number;
  toNs: number;
  /** When the one that was harmed had itself ended. */
  endedNs: number;
  stays: boolean;
  /** The agent had begun another core before all were ordinary. */
  isOther: boolean;
}

const managedProcesses = 3;
const patienceMs = 20_000;
const settledMs = 20;
/** Position of the scheduling policy in /proc/PID/stat, counted from the field after the name. */
const policyField = 38;

/** An agent that schedules three processes on one processor, with the next agent in waiting: one needs some time to start. */
export class KillStage {
  readonly #folder = mkdtempSync('/dev/shm/virtuoso-kills-');
  readonly #cpu: number;
  readonly #managed: ChildProcess[] = [];
  #agent: SchedulingAgent;
  #next: SchedulingAgent;
  /** The core that was harmed last. */
  #harmed = 0;

  private constructor(cpu: number) {
    this.#cpu = cpu;
    this.#agent = new SchedulingAgent(cpu, this.#folder);
    this.#next = new SchedulingAgent(cpu, this.#folder);
  }

  static async open(cpu: number): Promise<KillStage> {
    const stage = new KillStage(cpu);
    for (let count = 0; count < managedProcesses; count++) {
      const program = spawn(vschedProgram('load'), ['100'], { stdio: 'ignore' });
      stage.#managed.push(program);
      await once(program, 'spawn');
    }
    return stage;
  }

  /** Has the agent schedule all, and harms it so long after its core has begun: before all are taken over, or later. */
  async harm(harm: Harm, afterMs: number): Promise<Aftermath> {
    const core = await this.#begin();
    this.#harmed = core;
    await sleep(afterMs);
    const aftermath = this.#send(harm);
    await sleep(settledMs);
    const stays = this.#isNobodyHeld(core);
    if (harm === 'agent killed') this.#succeed();
    return { ...aftermath, stays };
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.end(), this.#next.end()]);
    for (const program of this.#managed) program.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Gives the number of the core. What the agent says is of interest only if it never comes so far. */
  async #begin(): Promise<number> {
    let said = 'nothing';
    void this.#agent.schedule(this.#pids).then((line) => {
      said = line;
    });
    const isNew = () => this.#core !== this.#harmed && runs(this.#core);
    await until(isNew, 'a core begins', () => said);
    return this.#core;
  }

  /** Waits without a thought for anything else until it is over. */
  #send(harm: Harm): Omit<Aftermath, 'stays'> {
    const signal = constants.signals[harm === 'core stopped' ? 'SIGSTOP' : 'SIGKILL'];
    const target = harm === 'agent killed' ? this.#agent.pid : 0;
    const args = [this.#area, signal, target, ...this.#pids].map(String);
    const { stdout, stderr, status } = spawnSync(vschedProgram('harm'), args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`after ${harm}, processes are not all ordinary (${status}): ${stderr}`);
    const [fromNs = 0, toNs = 0, endedNs = 0, isOther] = stdout.split(' ').map(Number);
    return { fromNs, toNs, endedNs, isOther: isOther === 1 };
  }

  get #area(): string {
    return join(this.#folder, 'edf', `cpu${this.#cpu}`);
  }

  get #pids(): number[] {
    return this.#managed.map(({ pid = 0 }) => pid);
  }

  /** Of the last core that began; 0 before the first. */
  get #core(): number {
    const head = attempt(() => readFileSync(this.#area));
    return head === undefined || head.length < layout.head.size ? 0 : head.readInt32LE(layout.head.corePid);
  }

  /** By this core or none: the agent may have begun another one already. */
  #isNobodyHeld(core: number): boolean {
    return this.#core !== core || this.#pids.every(isOrdinary);
  }

  #succeed(): void {
    this.#agent = this.#next;
    this.#next = new SchedulingAgent(this.#cpu, this.#folder);
  }
}

const runs = (pid: number): boolean => pid > 0 && identifyProcess(pid) !== undefined;

function isOrdinary(pid: number): boolean {
  const fields = statFields(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return fields[0] !== 'T' && fields[policyField] === '0';
}

async function until(isTrue: () => boolean, what: string, said = () => ''): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${patienceMs} ms. ${said()}`);
    await sleep(1);
  }
}
