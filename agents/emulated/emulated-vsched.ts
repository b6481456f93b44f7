import type { AdjustedSchedule, Fault, HostClock, VmSchedule } from '../../schema/generated/types.js';
import { scheduleLimits } from '../../schema/schedule.js';
import type { Vsched } from '../substrate.js';
import { adjust, adjustmentsIn, withAdjustments } from '../vsched/adjustments.js';
import { PhaseClock } from '../vsched/phase-clock.js';
import { placeShares } from '../vsched/place-shares.js';
import type { Refusal, SchedulerAbility, Share, ShareRefusal } from '../vsched/scheduler-backend.js';
import { refusalOf, refusedFault, vmShares } from '../vsched/vm-shares.js';
import type { EmulatedHost } from './emulated-host.js';

/** Admits schedules as a real host does, processor by processor and without rounding. */
export class EmulatedVsched implements Vsched {
  readonly ability: SchedulerAbility;
  readonly #host: EmulatedHost;
  readonly #phases: PhaseClock;
  #shares: readonly Share[] = [];

  constructor(host: EmulatedHost, nowMs: () => number) {
    const { longestPeriodUs, leastSliceUs } = scheduleLimits;
    this.#host = host;
    this.#phases = new PhaseClock(() => {
      return { monotonicUs: host.monotonicUs(nowMs()), realtimeAheadUs: host.realtimeAheadUs };
    });
    this.ability = {
      ...{ backend: 'emulated', guarantee: 'each-period', floorUs: 1000, longestPeriodUs, leastSliceUs },
      ...{ modes: ['strict', 'work-conserving'], hasPhases: true, pauses: true, binds: true, mostThreads: 512 },
      ...{ overheadUs: 5, cpus: Array.from({ length: host.processors }, (_, cpu) => cpu), reservedPpm: 0 },
    };
  }

  async keep(schedules: VmSchedule[]): Promise<Fault[]> {
    const refusals = this.#admit(withAdjustments(schedules, adjustmentsIn(this.#kept)));
    return refusals.map((each) => refusedFault(this.#host.name, each));
  }

  async current(): Promise<VmSchedule[]> {
    return this.#kept;
  }

  async follow(clock: HostClock): Promise<void> {
    this.#phases.follow(clock);
  }

  async enforce(): Promise<Fault[]> {
    if (this.#phases.isOff()) this.#setPhases(this.#shares);
    return [];
  }

  async adjust(vm: string, adjusted: AdjustedSchedule): Promise<{ kind: 'granted' } | Refusal> {
    const wanted = adjust(this.#kept, vm, adjusted);
    if (wanted.kind !== 'adjusted') return wanted;
    return refusalOf(vm, this.#admit(wanted.schedules)) ?? { kind: 'granted' };
  }

  get #kept(): VmSchedule[] {
    return [...this.#host.schedules.values()];
  }

  #admit(schedules: readonly VmSchedule[]): ShareRefusal[] {
    const { ability } = this;
    const capacityPpm = 1_000_000 - ability.reservedPpm;
    const pools = ability.cpus.map((cpu) => ({ cpu, capacityPpm, mostTasks: Number.POSITIVE_INFINITY }));
    const wanted = vmShares(schedules, ability.cpus);
    if (wanted.kind === 'refused') return wanted.refusals;
    const places = placeShares(wanted.shares, [], pools, ability);
    if (places.kind === 'refused') return places.refusals;
    this.#host.schedules.clear();
    for (const schedule of schedules) this.#host.schedules.set(schedule.vm, schedule);
    this.#setPhases(wanted.shares);
    return [];
  }

  #setPhases(shares: readonly Share[]): void {
    this.#shares = shares;
    this.#host.phases.clear();
    for (const { vm, schedule } of this.#phases.own(shares)) {
      const { periodUs, phaseUs } = schedule;
      if (phaseUs !== undefined) this.#host.phases.set(vm, { periodUs, phaseUs });
    }
  }
}
