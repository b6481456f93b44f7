import type { ScheduleCapability } from '../../schema/generated/types.js';
import { scheduleLimits } from '../../schema/schedule.js';
import type { ProcessIdentity } from '../linux/process-identity.js';

/** Processor time that a process with all its threads gets in every period, in whole microseconds. */
export interface Schedule {
  periodUs: number;
  sliceUs: number;
  /** At the end of its slice the process is stopped until its next period (`strict`), or is an ordinary process until then. */
  mode: 'strict' | 'work-conserving';
  /** Periods begin when the time since the epoch is this much more than a multiple of the period. Left out: at any time. */
  phaseUs?: number;
  /** It is stopped, and keeps its share. Left out: it is not. */
  isPaused?: boolean;
}

export type BackendKind = Exclude<ScheduleCapability['backend'], 'emulated'>;

/** What a backend can do on this host. */
export interface SchedulerAbility {
  backend: ScheduleCapability['backend'];
  guarantee: ScheduleCapability['guarantee'];
  /** Shortest period for which the guarantee holds. Shorter ones are refused. */
  floorUs: number;
  longestPeriodUs: number;
  leastSliceUs: number;
  modes: readonly Schedule['mode'][];
  hasPhases: boolean;
  /** Whether it can pause processes. Those that could be left stopped by an agent that is killed do not. */
  pauses: boolean;
  /** Whether a process stays on one processor. Otherwise the system moves it, and nobody can say where it is to run. */
  binds: boolean;
  /** Of a process. */
  mostThreads: number;
  /** Time to decide once, as measured; 0 where the kernel does, which keeps no account of it. */
  overheadUs: number;
  /** Processors that processes are scheduled on. */
  cpus: readonly number[];
  /** Share of each that is kept for ordinary processes, in parts of a million. */
  reservedPpm: number;
}

/** As a host tells it. @param gangs whether threads of a VM can run side by side, each on a processor of its own */
export function scheduleCapability(ability: SchedulerAbility, gangs = false): ScheduleCapability {
  const { backend, floorUs, longestPeriodUs, guarantee, overheadUs, cpus, reservedPpm, modes, hasPhases } = ability;
  const refuses: ScheduleCapability['refuses'] = [
    ...(['strict', 'work-conserving'] as const).filter((mode) => !modes.includes(mode)),
    ...(hasPhases ? [] : (['lock-step'] as const)),
    ...(gangs ? [] : (['gang'] as const)),
  ];
  return {
    ...{ backend, floorUs, guarantee, overheadUs, processors: cpus.length, reservedPpm },
    ...(longestPeriodUs < scheduleLimits.longestPeriodUs ? { longestPeriodUs } : {}),
    ...(refuses.length > 0 ? { refuses } : {}),
  };
}

/** Why a request changed nothing. `nearest`, where there is one, would have been granted. */
export type Refusal = { message: string } & (
  | { kind: 'invalid' }
  | { kind: 'out-of-range'; nearest?: Schedule }
  /** `excessPpm`: by so many parts of a million of a processor it is more than the roomiest has left. */
  | { kind: 'overfull'; excessPpm: number; nearest?: Schedule }
  | { kind: 'unsupported' }
  | { kind: 'already-scheduled' }
  | { kind: 'not-scheduled' }
  /** There is no such process, or it has ended. */
  | { kind: 'gone' }
  /** The number is that of another process now. */
  | { kind: 'other-process' }
  /** The system refuses. */
  | { kind: 'denied' }
);

/** `cpu` is where it runs; undefined where the system moves it. */
export type Grant = { kind: 'granted'; cpu: number | undefined };

export interface TaskAccount {
  /** Processor time used since it was admitted, or since its schedule came into force again after a failure. */
  deliveredUs: number;
  /** Periods that ended; undefined where nobody counts them. */
  periods?: number;
  /** Of which less than 99 % of what was due was used. */
  short?: number;
  /** Of which that was because the time was not given. */
  missed?: number;
}

export interface ScheduledTask {
  process: ProcessIdentity;
  schedule: Schedule;
  cpu: number | undefined;
  /** Whose share of the processor it uses; left out: one of its own. */
  vm?: string;
  account: TaskAccount;
  /** Why its schedule is not in force at the moment. */
  trouble?: string;
}

/** A part of a processor for a VM, whether or not there is a process that uses it. */
export interface Share {
  vm: string;
  schedule: Schedule;
  /** Where the system moves processes, this says nothing. */
  cpu: number;
  /** That uses it. Left out: there is none at the moment. */
  process?: ProcessIdentity;
}

export interface ShareRefusal {
  vm: string;
  refusal: Refusal;
}

/** What scheduling itself has used of a processor. */
export interface SchedulingOverhead {
  cpu: number;
  usedUs: number;
  elapsedUs: number;
}

/**
 * Schedules processes by period and slice. Requests are taken one after the other, and what is refused changes nothing. When it is closed,
 * or this process ends, all run as they did before.
 */
export interface SchedulerBackend {
  readonly ability: SchedulerAbility;
  /** @param cpu where it is to run; left out: where it fits best */
  admit(process: ProcessIdentity, schedule: Schedule, cpu?: number): Promise<Grant | Refusal>;
  /** Changes the schedule of an admitted process. @param cpu left out: it leaves its processor only if it has to */
  set(process: ProcessIdentity, schedule: Schedule, cpu?: number): Promise<Grant | Refusal>;
  /** Makes an admitted process an ordinary one. */
  release(process: ProcessIdentity): Promise<{ kind: 'released' } | Refusal>;
  /**
   * Keeps exactly these shares for VMs, beside the processes that were admitted, and schedules the processes that use them. All or
   * nothing: gives which are refused.
   */
  keep(shares: readonly Share[]): Promise<ShareRefusal[]>;
  /** By number of the process. Those that have ended are not there any more. */
  tasks(): Promise<ScheduledTask[]>;
  /** Empty where the kernel schedules. */
  overheads(): Promise<SchedulingOverhead[]>;
  close(): Promise<void>;
}
