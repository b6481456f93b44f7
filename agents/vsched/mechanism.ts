import type { ProcessIdentity } from '../linux/process-identity.js';
import type { Refusal, Schedule, SchedulerAbility, SchedulingOverhead, TaskAccount } from './scheduler-backend.js';

/** What processes share: a processor, or all of them where the system moves processes between them. */
export interface Pool {
  cpu: number | undefined;
  /** All that may be admitted, in parts of a million of one processor. */
  capacityPpm: number;
  mostTasks: number;
}

/** A schedule where it was admitted. */
export interface Placed {
  schedule: Schedule;
  pool: Pool;
}

/** A process with the schedule that was admitted. */
export interface Task extends Placed {
  process: ProcessIdentity;
  /** Whose share of the processor it uses; left out: one of its own. */
  vm?: string;
}

/** How schedules are enforced. Who is admitted is decided before; calls never overlap. */
export interface Mechanism {
  readonly ability: SchedulerAbility;
  readonly pools: readonly Pool[];
  /** Puts a process under its schedule, or changes the one that it has in the same pool. Undefined: done. */
  enforce(task: Task): Promise<Refusal | undefined>;
  /** Makes it an ordinary process, if it still runs. Undefined: done. */
  release(task: Task): Promise<Refusal | undefined>;
  account(task: Task): { account: TaskAccount; trouble?: string };
  overheads(): SchedulingOverhead[];
  /** Releases all. */
  close(): Promise<void>;
}
