import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scheduleLimits } from '../../../schema/schedule.js';
import { isAlive, type ProcessIdentity } from '../../linux/process-identity.js';
import { attempt } from '../../linux/processes.js';
import { describeErrno } from '../../linux/system-error.js';
import type { Mechanism, Pool, Task } from '../mechanism.js';
import type { Refusal, SchedulerAbility, SchedulingOverhead, TaskAccount } from '../scheduler-backend.js';
import { affinityOf, everywhere, setAffinity, threadsOf } from './affinity.js';
import { HeldNotes } from './held-notes.js';
import { attributesOf, deadlineAttributes, hasAttributes, periodUsOf, setAttributes } from './scheduling-attributes.js';
import { usedUs } from './used-time.js';

export interface KernelOptions {
  cpus: readonly number[];
  reservedPpm: number;
  /** For what has to be put back should this process be killed. One agent has it. */
  folder: string;
}

interface Before {
  attributes: string;
  affinity: string;
}

/** Slices end at a tick, of 4 ms on common kernels. */
const floorUs = 100_000;
const usualLongestPeriodUs = 4_194_304;
const { leastSliceUs } = scheduleLimits;
/** Between tries while the kernel still counts what was released. */
const betweenTriesMs = 20;
/** EBUSY: beyond the bandwidth that the kernel grants. */
const busy = 16;
/** ESRCH. */
const gone = 3;

/**
 * SCHED_DEADLINE of the kernel. It schedules threads, not processes, so a process may have one thread; and it refuses to bind them, so
 * the processors are one pool.
 */
export class DeadlineMechanism implements Mechanism {
  readonly ability: SchedulerAbility;
  readonly pools: readonly Pool[];
  readonly #notes: HeldNotes<Before>;
  readonly #usedUsBefore = new Map<number, number>();
  /** The kernel counts a thread's bandwidth until its zero-lag time, which is within the period that it was in. */
  #countedUntilMs = 0;

  /** Puts back what an earlier agent left behind. */
  constructor({ cpus, reservedPpm, folder }: KernelOptions) {
    const longest = attempt(() => readFileSync('/proc/sys/kernel/sched_deadline_period_max_us', 'latin1'));
    this.ability = {
      ...{ backend: 'deadline', guarantee: 'on-average', floorUs, leastSliceUs },
      ...{
        longestPeriodUs: Number(longest ?? usualLongestPeriodUs),
        modes: ['strict'],
        hasPhases: false,
        pauses: false,
        binds: false,
      },
      ...{ mostThreads: 1, overheadUs: 0, cpus, reservedPpm },
    };
    const capacityPpm = cpus.length * (1_000_000 - reservedPpm);
    this.pools = [{ cpu: undefined, capacityPpm, mostTasks: Number.POSITIVE_INFINITY }];
    this.#notes = new HeldNotes(join(folder, 'deadline.json'));
    for (const process of this.#notes.held) this.#putBack(process);
  }

  async enforce(task: Task): Promise<Refusal | undefined> {
    const { process, schedule } = task;
    const isNew = this.#notes.of(process) === undefined;
    const refused = isNew ? this.#take(process) : undefined;
    if (refused) return refused;
    const attributes = deadlineAttributes(schedule);
    let errno = setAttributes(process.pid, attributes);
    while (errno === busy && performance.now() < this.#countedUntilMs) {
      await sleep(betweenTriesMs);
      errno = setAttributes(process.pid, attributes);
    }
    if (errno === 0) return undefined;
    if (isNew) this.#putBack(process);
    return refusal(process, errno);
  }

  async release({ process }: Task): Promise<Refusal | undefined> {
    return this.#putBack(process);
  }

  account({ process: { pid } }: Task): { account: TaskAccount; trouble?: string } {
    const account = { deliveredUs: usedUs(pid) - (this.#usedUsBefore.get(pid) ?? 0) };
    const threads = threadsOf(pid).length;
    if (threads <= 1) return { account };
    return { account, trouble: `process ${pid} has ${threads} threads by now, of which the first alone is scheduled` };
  }

  overheads(): SchedulingOverhead[] {
    return [];
  }

  async close(): Promise<void> {
    for (const process of this.#notes.held) this.#putBack(process);
  }

  #take(process: ProcessIdentity): Refusal | undefined {
    const { pid } = process;
    const threads = threadsOf(pid).length;
    if (threads > 1) {
      const message = `process ${pid} has ${threads} threads, and the kernel gives each a slice of its own: use edf or quota`;
      return { kind: 'unsupported', message };
    }
    if (!hasAttributes()) return { kind: 'denied', message: 'SCHED_DEADLINE is not known for this architecture' };
    const attributes = attributesOf(pid);
    const affinity = affinityOf(pid);
    if (typeof attributes === 'number') return refusal(process, attributes);
    if (affinity === undefined) return refusal(process, gone);
    this.#notes.add(process, { attributes, affinity });
    this.#usedUsBefore.set(pid, usedUs(pid));
    // The kernel schedules nobody by deadline who may not run on all processors.
    const errno = setAffinity(pid, everywhere);
    if (errno === 0) return undefined;
    this.#putBack(process);
    return refusal(process, errno);
  }

  #putBack(process: ProcessIdentity): Refusal | undefined {
    const before = this.#notes.of(process);
    if (before === undefined) return undefined;
    const scheduled = attributesOf(process.pid);
    const errno = isAlive(process)
      ? setAttributes(process.pid, before.attributes) || setAffinity(process.pid, before.affinity)
      : 0;
    this.#isCountedFor(typeof scheduled === 'string' ? periodUsOf(scheduled) : this.ability.longestPeriodUs);
    if (errno !== 0 && errno !== gone) return refusal(process, errno);
    this.#usedUsBefore.delete(process.pid);
    this.#notes.remove(process);
    return undefined;
  }

  #isCountedFor(periodUs: number): void {
    this.#countedUntilMs = Math.max(this.#countedUntilMs, performance.now() + periodUs / 1000 + betweenTriesMs);
  }
}

function refusal({ pid }: ProcessIdentity, errno: number): Refusal {
  if (errno === gone) return { kind: 'gone', message: `there is no process ${pid}: it has ended` };
  const why = `the kernel does not change how process ${pid} is scheduled: ${describeErrno(errno)}`;
  if (errno === busy)
    return { kind: 'overfull', excessPpm: 0, message: `${why}; it has granted its bandwidth to others: ask for less` };
  return { kind: 'denied', message: `${why}; it needs root or CAP_SYS_NICE, and all processors of the machine` };
}
