import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity } from '../../linux/process-identity.js';
import { attempt } from '../../linux/processes.js';
import { describeErrno } from '../../linux/system-error.js';
import type { Mechanism, Pool, Task } from '../mechanism.js';
import type { Refusal, Schedule, SchedulerAbility, SchedulingOverhead, TaskAccount } from '../scheduler-backend.js';
import { affinityOf, maskOf, setAffinity } from './affinity.js';
import {
  type CpuGroups,
  dissolve,
  findCpuGroups,
  groupOf,
  makeSubtree,
  moveTo,
  periodsOf,
  setQuota,
} from './cpu-groups.js';
import type { KernelOptions } from './deadline-mechanism.js';
import { HeldNotes } from './held-notes.js';
import { usedUs } from './used-time.js';

export interface QuotaOptions extends KernelOptions {
  /** Of the control group that those of processes are in. */
  group: string;
}

interface Before {
  group: string;
  affinity: string;
}

/** The kernel hands quotas out by 5 ms; shorter periods are missed more often than not. */
const floorUs = 10_000;
const longestPeriodUs = 1_000_000;
const leastSliceUs = 1000;

/** Quotas of control groups: a process gets no more than its slice, on one processor, and nobody promises that it gets that much. */
export class QuotaMechanism implements Mechanism {
  readonly ability: SchedulerAbility;
  readonly pools: readonly Pool[];
  readonly #groups: CpuGroups;
  readonly #subtree: string;
  readonly #notes: HeldNotes<Before>;
  readonly #usedUsBefore = new Map<number, number>();

  /**
   * Puts back what an earlier agent left behind.
   * @throws if there are no control groups for processor time, or they cannot be written to.
   */
  constructor({ cpus, reservedPpm, folder, group }: QuotaOptions) {
    const groups = findCpuGroups();
    if (groups === undefined)
      throw new Error('no control groups limit processor time here: mount cgroup2, or the cpu controller of version 1');
    this.#groups = groups;
    this.ability = {
      ...{ backend: 'quota', guarantee: 'at-most', floorUs, longestPeriodUs, leastSliceUs, modes: ['strict'] },
      ...{
        hasPhases: false,
        pauses: false,
        binds: true,
        mostThreads: Number.POSITIVE_INFINITY,
        overheadUs: 0,
        cpus,
        reservedPpm,
      },
    };
    const capacityPpm = 1_000_000 - reservedPpm;
    this.pools = cpus.map((cpu) => ({ cpu, capacityPpm, mostTasks: Number.POSITIVE_INFINITY }));
    this.#subtree = makeSubtree(groups, group);
    this.#notes = new HeldNotes(join(folder, 'quota.json'));
    for (const process of this.#notes.held) this.#putBack(process);
  }

  async enforce({ process, schedule, pool: { cpu = -1 } }: Task): Promise<Refusal | undefined> {
    if (this.#notes.of(process) !== undefined) return this.#limit(process, schedule);
    const before = { group: groupOf(process.pid, this.#groups), affinity: affinityOf(process.pid) };
    const { group, affinity } = before;
    if (group === undefined || affinity === undefined)
      return { kind: 'gone', message: `there is no process ${process.pid}: it has ended` };
    this.#notes.add(process, { group, affinity });
    const refused = this.#bind(process, cpu) ?? this.#limit(process, schedule);
    if (refused) this.#putBack(process);
    // To move a process takes the kernel tens of milliseconds, in which it has no quota yet.
    else this.#usedUsBefore.set(process.pid, usedUs(process.pid));
    return refused;
  }

  async release({ process }: Task): Promise<Refusal | undefined> {
    return this.#putBack(process);
  }

  account({ process }: Task): { account: TaskAccount } {
    const periods = periodsOf(this.#groupOf(process));
    const deliveredUs = usedUs(process.pid) - (this.#usedUsBefore.get(process.pid) ?? 0);
    return { account: { deliveredUs, ...(periods === undefined ? {} : { periods }) } };
  }

  overheads(): SchedulingOverhead[] {
    return [];
  }

  async close(): Promise<void> {
    for (const process of this.#notes.held) this.#putBack(process);
    attempt(() => rmdirSync(this.#subtree));
  }

  #groupOf = ({ pid, startTicks }: ProcessIdentity): string => join(this.#subtree, `${pid}-${startTicks}`);

  #bind({ pid }: ProcessIdentity, cpu: number): Refusal | undefined {
    const errno = setAffinity(pid, maskOf(cpu));
    if (errno === 0) return undefined;
    return { kind: 'denied', message: `process ${pid} cannot run on processor ${cpu}: ${describeErrno(errno)}` };
  }

  #limit(process: ProcessIdentity, schedule: Schedule): Refusal | undefined {
    const group = this.#groupOf(process);
    try {
      mkdirSync(group, { recursive: true });
      setQuota(group, this.#groups, schedule);
      moveTo(group, process.pid);
      return undefined;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ESRCH') return { kind: 'gone', message: `there is no process ${process.pid}: it has ended` };
      return { kind: 'denied', message: `the kernel refuses a quota for process ${process.pid}: ${message}` };
    }
  }

  #putBack(process: ProcessIdentity): Refusal | undefined {
    const before = this.#notes.of(process);
    if (before === undefined) return undefined;
    const { mount } = this.#groups;
    const [group, into] = [this.#groupOf(process), join(mount, before.group)];
    if (!dissolve(group, existsSync(into) ? into : mount))
      return {
        kind: 'denied',
        message: `${group} cannot be emptied: move its processes to another group and remove it`,
      };
    if (isAlive(process)) setAffinity(process.pid, before.affinity);
    this.#usedUsBefore.delete(process.pid);
    this.#notes.remove(process);
    return undefined;
  }
}
