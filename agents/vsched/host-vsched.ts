import type { AdjustedSchedule, Fault, HostClock, VmSchedule } from '../../schema/generated/types.js';
import { type ClockMoment, readClocks } from '../linux/clocks.js';
import { isSameProcess, type ProcessIdentity } from '../linux/process-identity.js';
import { readState, writeState } from '../linux/state-file.js';
import type { Vsched } from '../substrate.js';
import { Turns } from '../turns.js';
import { adjust, adjustmentsIn, withAdjustments } from './adjustments.js';
import { outsideFault, troubleFault } from './not-in-force.js';
import { PhaseClock } from './phase-clock.js';
import type { Refusal, ScheduledTask, SchedulerBackend, ShareRefusal } from './scheduler-backend.js';
import { refusalOf, refusedFault, vmShares } from './vm-shares.js';

export interface HostVschedOptions {
  host: string;
  backend: SchedulerBackend;
  /** Of each guest that is here. */
  processes(): Promise<ReadonlyMap<string, readonly ProcessIdentity[]>>;
  /** File for what users have put in place of schedules: it outlives the agent. */
  adjustmentsPath: string;
  /** Those of this machine when left out. */
  clocks?: () => ClockMoment;
}

/** Schedules the processes of guests on the processors of a Linux host. What schedules them has room for other processes beside. */
export class HostVsched implements Vsched {
  readonly #options: HostVschedOptions;
  readonly #phases: PhaseClock;
  /** Whether what is in force has the phases that were asked for last. */
  #arePhasesSet = true;
  #kept: VmSchedule[] = [];
  #made: ReadonlyMap<string, AdjustedSchedule>;
  /** That use the shares of VMs. */
  #processes: ReadonlyMap<string, ProcessIdentity> = new Map();
  readonly #turns = new Turns();

  constructor(options: HostVschedOptions) {
    this.#options = options;
    this.#phases = new PhaseClock(options.clocks ?? readClocks);
    this.#made = new Map(Object.entries(readState<Record<string, AdjustedSchedule>>(options.adjustmentsPath) ?? {}));
  }

  get backend(): SchedulerBackend {
    return this.#options.backend;
  }

  keep(schedules: VmSchedule[]): Promise<Fault[]> {
    return this.#turns.take(async () => {
      const refusals = await this.#take(withAdjustments(schedules, this.#made), this.#processes);
      return refusals.map((each) => refusedFault(this.#options.host, each));
    });
  }

  async follow(clock: HostClock): Promise<void> {
    this.#phases.follow(clock);
  }

  async current(): Promise<VmSchedule[]> {
    return this.#kept;
  }

  enforce(): Promise<Fault[]> {
    return this.#turns.take(async () => {
      if (this.#kept.length === 0) return [];
      const faults = await this.#setPhases();
      const processes = await this.#options.processes();
      const tasks = await this.backend.tasks();
      for (const { vm } of this.#kept) {
        const task = tasks.find((each) => each.vm === vm);
        faults.push(...(await this.#enforceOne(vm, processes.get(vm) ?? [], task)));
      }
      return faults;
    });
  }

  adjust(vm: string, adjusted: AdjustedSchedule): Promise<{ kind: 'granted' } | Refusal> {
    return this.#turns.take(async () => {
      const wanted = adjust(this.#kept, vm, adjusted);
      if (wanted.kind !== 'adjusted') return wanted;
      const refusals = await this.#take(wanted.schedules, this.#processes);
      return refusalOf(vm, refusals) ?? { kind: 'granted' };
    });
  }

  /** A guest is about to leave, or to end: its process becomes an ordinary one. The VM keeps its share. */
  letGo(vm: string): Promise<Fault[]> {
    return this.#turns.take(async () => {
      const refusals = await this.#use(vm, undefined);
      return refusals.map(({ refusal }) => troubleFault(this.#options.host, vm, refusal.message));
    });
  }

  async #setPhases(): Promise<Fault[]> {
    if (this.#arePhasesSet && !this.#phases.isOff()) return [];
    const refusals = await this.#take(this.#kept, this.#processes);
    return refusals.map(({ vm, refusal }) => troubleFault(this.#options.host, vm, refusal.message));
  }

  async #enforceOne(vm: string, own: readonly ProcessIdentity[], task?: ScheduledTask): Promise<Fault[]> {
    const { host } = this.#options;
    const scheduled = own.find((each) => task?.process && isSameProcess(each, task.process));
    // Which of several is meant nobody can say; one that has the schedule already goes on with it.
    const process = scheduled ?? (own.length === 1 ? own[0] : undefined);
    const outside = own.filter((each) => each !== process);
    const refusals = scheduled ? [] : await this.#use(vm, process);
    const trouble = scheduled ? task?.trouble : refusals[0]?.refusal.message;
    return [
      ...(trouble === undefined ? [] : [troubleFault(host, vm, trouble)]),
      ...(outside.length === 0 ? [] : [outsideFault(host, vm, process, outside)]),
    ];
  }

  async #use(vm: string, process: ProcessIdentity | undefined): Promise<ShareRefusal[]> {
    if (process === undefined && !this.#processes.has(vm)) return [];
    const processes = new Map(this.#processes);
    if (process) processes.set(vm, process);
    else processes.delete(vm);
    return this.#take(this.#kept, processes);
  }

  async #take(
    schedules: readonly VmSchedule[],
    processes: ReadonlyMap<string, ProcessIdentity>,
  ): Promise<ShareRefusal[]> {
    const gangs = schedules.flatMap(ofSeveralThreads);
    const wanted = vmShares(schedules, this.backend.ability.cpus);
    if (gangs.length > 0 || wanted.kind === 'refused') return wanted.kind === 'refused' ? wanted.refusals : gangs;
    const shares = this.#phases.own(wanted.shares).map((share) => {
      const process = processes.get(share.vm);
      return process ? { ...share, process } : share;
    });
    const refusals = await this.backend.keep(shares);
    this.#arePhasesSet = refusals.length === 0;
    if (refusals.length > 0) return refusals;
    this.#kept = [...schedules];
    const listed = new Set(schedules.map(({ vm }) => vm));
    this.#processes = new Map([...processes].filter(([vm]) => listed.has(vm)));
    this.#remember(adjustmentsIn(schedules));
    return [];
  }

  #remember(made: ReadonlyMap<string, AdjustedSchedule>): void {
    const [before, after] = [this.#made, made].map((each) => JSON.stringify(Object.fromEntries(each)));
    this.#made = made;
    if (before !== after) writeState(this.#options.adjustmentsPath, Object.fromEntries(made));
  }
}

function ofSeveralThreads({ vm, cpus }: VmSchedule): ShareRefusal[] {
  if (cpus.length === 1) return [];
  const why = `it is of a gang of ${cpus.length} threads, and a process is scheduled on one processor with all its threads`;
  const message = `${why}: leave gang out, or make it ${cpus.length} VMs with class batch-parallel`;
  return [{ vm, refusal: { kind: 'unsupported', message } }];
}
