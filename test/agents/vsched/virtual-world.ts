import type { ProcessIdentity } from '../../../agents/linux/process-identity.js';
import { AdmittingScheduler } from '../../../agents/vsched/admitting-scheduler.js';
import type { Mechanism, Pool, Task } from '../../../agents/vsched/mechanism.js';
import { hasRoom, roomBeside } from '../../../agents/vsched/processor-room.js';
import type { SchedulerAbility, TaskAccount } from '../../../agents/vsched/scheduler-backend.js';
import type { BackendWorld } from './backend-contract.js';

interface VirtualProcess {
  usedUs: number;
  task?: { task: Task; sinceUs: number; usedUsBefore: number };
}

/** Processes in virtual time, which get exactly what they are to get; and a whole processor each while they are ordinary. */
export class VirtualWorld implements BackendWorld {
  readonly ability: SchedulerAbility = {
    ...{ backend: 'emulated', guarantee: 'each-period', floorUs: 1000, longestPeriodUs: 10_000_000, leastSliceUs: 20 },
    ...{ modes: ['strict'], hasPhases: false, pauses: true, binds: true, mostThreads: 512, overheadUs: 0 },
    ...{ cpus: [0], reservedPpm: 100_000 },
  };
  readonly backend: AdmittingScheduler;
  /** Numbers of processes that the system does not let be scheduled. */
  readonly denied = new Set<number>();
  readonly #processes = new Map<number, VirtualProcess>();
  #nextPid = 100;
  #nowUs = 0;

  constructor(cpus: readonly number[] = [0], change: Partial<SchedulerAbility> = {}) {
    this.ability = { ...this.ability, cpus, ...change };
    this.backend = new AdmittingScheduler(this.#mechanism(), (pid) => this.#identify(pid));
  }

  async start(): Promise<ProcessIdentity> {
    const pid = this.#nextPid++;
    this.#processes.set(pid, { usedUs: 0 });
    return { pid, startTicks: pid * 10, bootId: 'virtual' };
  }

  async end({ pid }: ProcessIdentity): Promise<void> {
    this.#processes.delete(pid);
  }

  async elapse(ms: number): Promise<void> {
    this.#nowUs += ms * 1000;
    for (const process of this.#processes.values()) {
      const { periodUs = 1, sliceUs = 1, isPaused = false } = process.task?.task.schedule ?? {};
      if (!isPaused) process.usedUs += (ms * 1000 * sliceUs) / periodUs;
    }
  }

  usedUs({ pid }: ProcessIdentity): number {
    return this.#processes.get(pid)?.usedUs ?? 0;
  }

  isOrdinary({ pid }: ProcessIdentity): boolean {
    return this.#processes.get(pid)?.task === undefined;
  }

  async close(): Promise<void> {
    await this.backend.close();
  }

  #identify(pid: number): ProcessIdentity | undefined {
    return this.#processes.has(pid) ? { pid, startTicks: pid * 10, bootId: 'virtual' } : undefined;
  }

  #mechanism(): Mechanism {
    const pools: Pool[] = this.ability.cpus.map((cpu) => ({ cpu, capacityPpm: 900_000, mostTasks: 4 }));
    const processOf = (task: Task) => this.#processes.get(task.process.pid);
    return {
      ability: this.ability,
      pools,
      enforce: async (task) => {
        const process = processOf(task);
        if (process === undefined) return { kind: 'gone', message: 'it has ended' };
        if (this.denied.has(task.process.pid)) return { kind: 'denied', message: 'the system says no' };
        if (!this.#hasRoom(task)) return { kind: 'overfull', excessPpm: 0, message: 'the core has no room' };
        process.task = { sinceUs: this.#nowUs, usedUsBefore: process.usedUs, ...process.task, task };
        return undefined;
      },
      release: async (task) => {
        delete processOf(task)?.task;
        return undefined;
      },
      account: (task) => ({ account: this.#account(task) }),
      overheads: () => [],
      close: async () => {
        for (const process of this.#processes.values()) delete process.task;
      },
    };
  }

  /** As a core sees it, at every moment. */
  #hasRoom({ process, pool, schedule }: Task): boolean {
    const tasks = [...this.#processes.values()].flatMap(({ task }) => task?.task ?? []);
    const beside = tasks.filter((task) => task.pool === pool && task.process.pid !== process.pid);
    return hasRoom(
      roomBeside(
        beside.map((task) => task.schedule),
        pool.capacityPpm,
      ),
      schedule,
    );
  }

  #account({ process: { pid }, schedule }: Task): TaskAccount {
    const process = this.#processes.get(pid);
    if (process?.task === undefined) return { deliveredUs: 0 };
    const periods = Math.floor((this.#nowUs - process.task.sinceUs) / schedule.periodUs);
    return { deliveredUs: process.usedUs - process.task.usedUsBefore, periods, short: 0, missed: 0 };
  }
}
