import type { Fault, VmSchedule } from '../../schema/generated/types.js';
import { periodicText } from '../../schema/schedule.js';
import type { Vsched } from '../substrate.js';
import type { EmulatedHost } from './emulated-host.js';
import { fault } from './fault.js';

/** Admits schedules as a real host does, processor by processor and without rounding. */
export class EmulatedVsched implements Vsched {
  readonly #host: EmulatedHost;

  constructor(host: EmulatedHost) {
    this.#host = host;
  }

  async keep(schedules: VmSchedule[]): Promise<Fault[]> {
    const faults = schedules.flatMap((schedule) => this.#refusal(schedule, schedules) ?? []);
    if (faults.length > 0) return faults;
    this.#host.schedules.clear();
    for (const schedule of schedules) this.#host.schedules.set(schedule.vm, schedule);
    return [];
  }

  async current(): Promise<VmSchedule[]> {
    return [...this.#host.schedules.values()];
  }

  #refusal(schedule: VmSchedule, all: readonly VmSchedule[]): Fault | undefined {
    const { name, processors } = this.#host;
    const { vm, cpus } = schedule;
    const refuse = (why: string) => fault('schedule', vm, `${name} cannot keep the schedule of ${vm}: ${why}.`);
    if (all.filter((each) => each.vm === vm).length > 1) return refuse('it is there twice');
    const missing = cpus.find((cpu) => cpu >= processors);
    if (missing !== undefined) return refuse(`it has ${processors} processors, and none of number ${missing}`);
    const full = cpus.find((cpu) => !fits(all.filter((each) => each.cpus.includes(cpu))));
    if (full === undefined) return undefined;
    return refuse(`${periodicText(schedule)} is more than processor ${full} has beside the others`);
  }
}

/** Whether the sum of slice/period is at most 1. */
function fits(schedules: readonly VmSchedule[]): boolean {
  let [used, whole] = [0n, 1n];
  for (const { periodUs, sliceUs } of schedules) {
    used = used * BigInt(periodUs) + whole * BigInt(sliceUs);
    whole *= BigInt(periodUs);
  }
  return used <= whole;
}
