import { inForce, type Periodic, within } from '../../../schema/adjusted-schedule.js';
import type { AdjustableVm, VmSchedule } from '../../../schema/generated/types.js';
import type { Vsched } from '../../substrate.js';
import type { ScheduledTask } from '../scheduler-backend.js';
import { accountWithTrouble } from './account-with-trouble.js';
import type { Authority } from './authority.js';
import { type Outcome, refused, refusedBy } from './outcome.js';

/** VMs whose schedules a key may change, each with the bounds that are its own and the account of its process. */
export function adjustableVms({ key, vms }: Authority, tasks: readonly ScheduledTask[]): AdjustableVm[] {
  return vms.map((schedule) => {
    const { vm, cpus, mode, periodUs, sliceUs, bounds = [] } = schedule;
    const own = bounds.filter((each) => each.key === key);
    return {
      vm,
      cpus,
      mode,
      statedPeriodUs: periodUs,
      statedSliceUs: sliceUs,
      ...inForce(schedule),
      bounds: own,
      ...accountOf(vm, tasks),
    };
  });
}

function accountOf(vm: string, tasks: readonly ScheduledTask[]): Partial<AdjustableVm> {
  const task = tasks.find((each) => each.vm === vm);
  return task === undefined ? {} : accountWithTrouble(task);
}

/** Puts a choice in place of what documents state for a VM, if they let this key choose it and the host has room for it. */
export async function adjustVm(
  vsched: Vsched,
  { key, vms }: Authority,
  vm: string,
  chosen: Periodic,
  atMs: number,
): Promise<Outcome> {
  const stated = vms.find((each) => each.vm === vm);
  if (stated === undefined) return unknownVm(vm);
  if (within(stated.bounds, key, chosen) !== 'granted') {
    return refused('out-of-bounds', `documents do not let this key choose that for ${vm}: ${boundsText(key, stated)}`);
  }
  return putInPlace(vsched, key, stated, chosen, atMs);
}

/** Gives a VM back what documents state. */
export async function restoreVm(vsched: Vsched, { key, vms }: Authority, vm: string, atMs: number): Promise<Outcome> {
  const stated = vms.find((each) => each.vm === vm);
  return stated === undefined ? unknownVm(vm) : putInPlace(vsched, key, stated, stated, atMs);
}

async function putInPlace(
  vsched: Vsched,
  key: string,
  stated: VmSchedule,
  { periodUs, sliceUs }: Periodic,
  atMs: number,
): Promise<Outcome> {
  const place = { statedPeriodUs: stated.periodUs, statedSliceUs: stated.sliceUs };
  const outcome = await vsched.adjust(stated.vm, { periodUs, sliceUs, ...place, key, atMs });
  if (outcome.kind === 'granted') return { kind: 'granted', periodUs, sliceUs };
  const refusal = refusedBy(outcome);
  if (refusal.kind !== 'refused' || refusal.nearest === undefined) return refusal;
  if (within(stated.bounds, key, refusal.nearest) === 'granted') return refusal;
  // What would fit is no help to whom documents do not let choose it.
  const { nearest, ...rest } = refusal;
  return rest;
}

const unknownVm = (vm: string): Outcome =>
  refused(
    'unknown-vm',
    `there is no ${vm} on this host whose schedule this key may change: look with \`virtuoso vsched list\``,
  );

function boundsText(key: string, { bounds = [] }: VmSchedule): string {
  const own = bounds.filter((each) => each.key === key);
  return own
    .map(({ leastPeriodUs, mostPeriodUs, leastPpm, mostPpm }) => {
      return `periods of ${leastPeriodUs} to ${mostPeriodUs} us, slices of ${percent(leastPpm)} to ${percent(mostPpm)} % of them`;
    })
    .join(', or ');
}

const percent = (ppm: number): string => String(ppm / 10_000);
