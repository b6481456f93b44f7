import { inForce } from '../../schema/adjusted-schedule.js';
import type { Fault, VmSchedule } from '../../schema/generated/types.js';
import type { Refusal, Schedule, Share, ShareRefusal } from './scheduler-backend.js';

export type VmShares = { kind: 'shares'; shares: Share[] } | { kind: 'refused'; refusals: ShareRefusal[] };

/** What VMs take of the processors of a host: one share for each thread of a gang. @param cpus those that VMs are scheduled on */
export function vmShares(schedules: readonly VmSchedule[], cpus: readonly number[]): VmShares {
  const refusals = schedules.flatMap(({ vm, cpus: wanted }, index): ShareRefusal[] => {
    const refuse = (message: string) => [{ vm, refusal: { kind: 'invalid' as const, message } }];
    if (schedules.findIndex((each) => each.vm === vm) !== index) return refuse('it is there twice: state it once');
    const missing = wanted.find((cpu) => cpu >= cpus.length);
    if (missing === undefined) return [];
    return refuse(`VMs are scheduled on ${cpus.length} processors here, and none of number ${missing}`);
  });
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const shares = schedules.flatMap((each) =>
    each.cpus.map((index): Share => ({ vm: each.vm, schedule: scheduleOf(each), cpu: cpus[index] ?? -1 })),
  );
  return { kind: 'shares', shares };
}

/** What is to be enforced. A phase is kept for whichever period is in force. */
function scheduleOf(vmSchedule: VmSchedule): Schedule {
  const { mode, phaseUs } = vmSchedule;
  const { periodUs, sliceUs } = inForce(vmSchedule);
  return { periodUs, sliceUs, mode, ...(phaseUs === undefined ? {} : { phaseUs: phaseUs % periodUs }) };
}

/** As an agent reports it. */
export function refusedFault(host: string, { vm, refusal }: ShareRefusal): Fault {
  const message = `${host} cannot keep the schedule of ${vm}: ${refusal.message}.`;
  return { kind: 'schedule', subject: vm, message };
}

/** Of what was refused because of it, what a user is told who changes the schedule of one VM. */
export function refusalOf(vm: string, refusals: readonly ShareRefusal[]): Refusal | undefined {
  return (refusals.find((each) => each.vm === vm) ?? refusals[0])?.refusal;
}
