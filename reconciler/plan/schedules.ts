import { inForce } from '../../schema/adjusted-schedule.js';
import type { VmSchedule } from '../../schema/generated/types.js';
import { emptyHost, type FleetState } from '../model/fleet-state.js';
import { Draft } from './draft.js';
import { type Sequence, sameSchedule } from './sequence.js';
import { counted } from './switch-pairs.js';

/** Gives schedules processors of a host, those that they have if that is possible; null where it cannot keep them all. */
export type Admit = (host: string, schedules: readonly VmSchedule[]) => VmSchedule[] | null;

/** What a host keeps when a schedule is added to what it keeps now, or replaces that of the same VM; null where it cannot. */
export function beside(state: FleetState, host: string, schedule: VmSchedule, admit: Admit): VmSchedule[] | null {
  const others = [...(state.get(host)?.schedules.values() ?? [])].filter(({ vm }) => vm !== schedule.vm);
  return admit(host, [...others, schedule]);
}

/** Admits the schedule of a VM that is about to come. */
export function addArrival(sequence: Sequence, host: string, schedule: VmSchedule, admit: Admit): void {
  const draft = new Draft();
  const all = beside(sequence.state, host, schedule, admit);
  if (all === null) throw new Error(`${schedule.vm} moves to ${host}, which cannot keep its schedule`);
  draft.on(host).setSchedules.push(...all);
  sequence.add('schedule', `Admit the schedule of ${schedule.vm} on ${host}`, draft.edits());
}

/** Takes back the schedule of a VM that has left. */
export function addDeparture(sequence: Sequence, host: string, vm: string): void {
  const draft = new Draft();
  draft.on(host).removeSchedules.push(vm);
  sequence.add('unschedule', `Take back the schedule of ${vm} on ${host}`, draft.edits());
}

/** Takes back schedules that nobody wants on their host, but those of VMs that are about to leave it. */
export function releaseSchedules(sequence: Sequence, target: FleetState, leaving: ReadonlySet<string>): void {
  const draft = new Draft();
  const names: string[] = [];
  for (const [host, { schedules, guests }] of sequence.state) {
    if (sequence.silent.has(host)) continue;
    const wanted = (target.get(host) ?? emptyHost()).schedules;
    for (const vm of schedules.keys()) {
      if (wanted.has(vm) || (leaving.has(vm) && guests.has(vm))) continue;
      draft.on(host).removeSchedules.push(vm);
      names.push(`${vm} on ${host}`);
    }
  }
  sequence.add('unschedule', titled('Take back the schedule of', names), draft.edits());
}

/** Makes room: VMs that stay and shall have less get less, on the processors that they run on. */
export function shrinkSchedules(sequence: Sequence, target: FleetState): void {
  const draft = new Draft();
  const names: string[] = [];
  for (const [host, { schedules }] of sequence.state) {
    if (sequence.silent.has(host)) continue;
    for (const [vm, wanted] of (target.get(host) ?? emptyHost()).schedules) {
      const now = schedules.get(vm);
      if (now === undefined || !isLess(wanted, now)) continue;
      draft.on(host).setSchedules.push({ ...wanted, cpus: now.cpus });
      names.push(`${vm} on ${host}`);
    }
  }
  sequence.add('schedule', titled('Shorten the schedule of', names), draft.edits());
}

/** Every host keeps exactly what it shall keep, all of it at once: of VMs that are there, and of those that are about to start. */
export function setSchedules(sequence: Sequence, target: FleetState): void {
  const draft = new Draft();
  const names: string[] = [];
  for (const [host, { schedules }] of target) {
    if (sequence.silent.has(host)) continue;
    for (const wanted of schedules.values()) {
      if (sameSchedule(sequence.host(host).schedules.get(wanted.vm), wanted)) continue;
      draft.on(host).setSchedules.push(wanted);
      names.push(`${wanted.vm} on ${host}`);
    }
  }
  sequence.add('schedule', titled('Schedule', names), draft.edits());
}

/** Whether a schedule takes less of as many processors. */
function isLess(a: VmSchedule, b: VmSchedule): boolean {
  const [less, more] = [inForce(a), inForce(b)];
  return (
    a.cpus.length === b.cpus.length &&
    BigInt(less.sliceUs) * BigInt(more.periodUs) < BigInt(more.sliceUs) * BigInt(less.periodUs)
  );
}

function titled(verb: string, names: readonly string[]): string {
  const more = names.length > 1 ? ` (and of ${counted(names.length - 1, 'more VM')})` : '';
  return `${verb} ${names[0] ?? ''}${more}`;
}
