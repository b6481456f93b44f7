import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { scheduleLimits } from '../../../schema/schedule.js';
import { describeErrno } from '../../linux/system-error.js';
import { flag, type Wish } from '../area-layout.js';
import { coreProgram } from '../core-program.js';
import type { Mechanism, Pool, Task } from '../mechanism.js';
import type { Refusal, SchedulerAbility, SchedulingOverhead, TaskAccount } from '../scheduler-backend.js';
import { type CoreAccount, type CoreAnswer, tasksPerCore } from './core-area.js';
import { EdfCore } from './edf-core.js';

export interface EdfOptions {
  /** Processors to schedule on, of which each has a core once there is something to schedule. */
  cpus: readonly number[];
  reservedPpm: number;
  /** For the areas; best in /dev/shm. One agent has it. */
  folder: string;
  /** The core; compiled where it is left out. */
  program?: string;
}

/** VSched's own core: earliest deadline first, one program a processor. */
export class EdfMechanism implements Mechanism {
  readonly pools: readonly Pool[];
  readonly #options: EdfOptions;
  readonly #cores: ReadonlyMap<Pool, EdfCore>;
  /** Indices at cores, by number of the process. */
  readonly #slots = new Map<Pool, (number | undefined)[]>();

  /** @throws if the core has to be compiled and cannot be. */
  constructor(options: EdfOptions) {
    this.#options = options;
    const program = options.program ?? coreProgram();
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const capacityPpm = 1_000_000 - options.reservedPpm;
    this.pools = options.cpus.map((cpu) => ({ cpu, capacityPpm, mostTasks: tasksPerCore }));
    this.#cores = new Map(this.pools.map((pool) => [pool, this.#core(program, pool)]));
  }

  get ability(): SchedulerAbility {
    const { cpus, reservedPpm } = this.#options;
    const { longestPeriodUs, leastSliceUs } = scheduleLimits;
    return {
      ...{ backend: 'edf', guarantee: 'each-period', floorUs: 1000, longestPeriodUs, leastSliceUs },
      ...{ modes: ['strict', 'work-conserving'], hasPhases: true, pauses: true, binds: true, mostThreads: 512 },
      ...{ overheadUs: this.#decisionUs(), cpus, reservedPpm },
    };
  }

  async enforce(task: Task): Promise<Refusal | undefined> {
    const { pid } = task.process;
    const slots = this.#slotsOf(task.pool);
    const held = slots.indexOf(pid);
    const slot = held >= 0 ? held : slots.indexOf(undefined);
    const core = this.#coreOf(task.pool);
    const answer = await core.want(slot, encodeTask(task));
    if (typeof answer !== 'string' && answer.answer === 'held') {
      slots[slot] = pid;
      return undefined;
    }
    return typeof answer === 'string' ? { kind: 'denied', message: answer } : refusal(answer, task);
  }

  async release({ process, pool }: Task): Promise<Refusal | undefined> {
    const slots = this.#slotsOf(pool);
    const slot = slots.indexOf(process.pid);
    if (slot < 0) return undefined;
    const trouble = await this.#coreOf(pool).forget(slot);
    if (trouble !== undefined) return { kind: 'denied', message: trouble };
    slots[slot] = undefined;
    return undefined;
  }

  account(task: Task): { account: TaskAccount; trouble?: string } {
    const core = this.#coreOf(task.pool);
    const slot = this.#slotsOf(task.pool).indexOf(task.process.pid);
    const answer = slot < 0 ? undefined : core.answer(slot);
    const found = slot < 0 ? undefined : core.account(slot);
    const trouble = core.trouble ?? (answer && !answer.isInForce ? refusal(answer, task).message : undefined);
    return { account: found ? accountOf(found) : { deliveredUs: 0 }, ...(trouble === undefined ? {} : { trouble }) };
  }

  overheads(): SchedulingOverhead[] {
    const nowNs = Number(process.hrtime.bigint());
    return [...this.#cores].flatMap(([{ cpu = -1 }, core]) => {
      const { overhead } = core;
      if (overhead === undefined) return [];
      return [{ cpu, usedUs: overhead.usedNs / 1000, elapsedUs: (nowNs - overhead.startedNs) / 1000 }];
    });
  }

  async close(): Promise<void> {
    this.#slots.clear();
    await Promise.all([...this.#cores.values()].map((core) => core.close()));
  }

  #core(program: string, { cpu = -1 }: Pool): EdfCore {
    const { folder, reservedPpm } = this.#options;
    return new EdfCore({ program, cpu, reservedPpm, areaPath: join(folder, `cpu${cpu}`) });
  }

  #coreOf(pool: Pool): EdfCore {
    const core = this.#cores.get(pool);
    if (core === undefined) throw new Error(`processor ${pool.cpu} is none of those scheduled on`);
    return core;
  }

  #slotsOf(pool: Pool): (number | undefined)[] {
    const slots = this.#slots.get(pool) ?? Array.from({ length: tasksPerCore }, () => undefined);
    this.#slots.set(pool, slots);
    return slots;
  }

  #decisionUs(): number {
    const all = [...this.#cores.values()].flatMap(({ overhead }) => overhead ?? []);
    const decisions = all.reduce((sum, each) => sum + each.decisions, 0);
    const usedNs = all.reduce((sum, each) => sum + each.usedNs, 0);
    return decisions === 0 ? 0 : usedNs / decisions / 1000;
  }
}

const accountOf = ({ usedNs, ...counts }: CoreAccount): TaskAccount => ({ ...counts, deliveredUs: usedNs / 1000 });

function encodeTask({ process, schedule }: Task): Wish {
  const { periodUs, sliceUs, mode, phaseUs, isPaused } = schedule;
  const phased = phaseUs === undefined ? 0 : flag.phased | flag.realtime;
  const flags = (mode === 'strict' ? flag.strict : 0) | phased | (isPaused ? flag.paused : 0);
  return { pid: process.pid, startTicks: process.startTicks, periodUs, sliceUs, phaseUs: phaseUs ?? 0, flags };
}

function refusal({ answer, errno }: CoreAnswer, { process: { pid }, pool: { cpu } }: Task): Refusal {
  const core = `the core of processor ${cpu}`;
  if (answer === 'gone') return { kind: 'gone', message: `there is no process ${pid}: it has ended` };
  if (answer === 'other') return { kind: 'other-process', message: `process ${pid} is another one now` };
  if (answer === 'denied') {
    const remedy = 'it needs root (or CAP_SYS_NICE and CAP_KILL), and a control group with real-time bandwidth';
    return { kind: 'denied', message: `${core} may not schedule process ${pid}: ${describeErrno(errno)}; ${remedy}` };
  }
  if (answer === 'overfull')
    return { kind: 'overfull', excessPpm: 0, message: `${core} has no room for process ${pid}` };
  return { kind: 'invalid', message: `${core} takes no such schedule for process ${pid}: is it one of VSched's own?` };
}
