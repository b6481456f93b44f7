import { lapsed, laterOf } from '../../schema/adjusted-schedule.js';
import type { AdjustedSchedule, VMSet } from '../../schema/generated/types.js';
import { statedSchedule } from '../../schema/schedule.js';
import { scheduleBounds } from '../../schema/schedule-bounds.js';
import type { FleetState } from '../model/fleet-state.js';
import type { SnapshotSchedule, SnapshotVm } from '../model/snapshot.js';

/** The schedule that VMs of a set have, with what a user has put in its place if that still holds. */
export function snapshotSchedule(
  { schedule, compute }: VMSet['spec'],
  adjusted: AdjustedSchedule | undefined,
): Pick<SnapshotVm, 'schedule'> {
  if (schedule === undefined) return {};
  const stated = statedSchedule(schedule, compute);
  const bounds = scheduleBounds(schedule, stated);
  const adjustable: SnapshotSchedule = { ...stated, ...(bounds.length > 0 ? { bounds } : {}) };
  const holds = adjusted !== undefined && !lapsed(adjustable, adjusted);
  return { schedule: holds ? { ...adjustable, adjusted } : adjustable };
}

/** By VM: what users have put in place of schedules, as hosts report it. While a VM moves, two hosts do. */
export function reportedAdjustments(state: FleetState): Map<string, AdjustedSchedule> {
  const found = new Map<string, AdjustedSchedule>();
  for (const { schedules } of state.values())
    for (const { vm, adjusted } of schedules.values()) {
      const later = laterOf(found.get(vm), adjusted);
      if (later !== undefined) found.set(vm, later);
    }
  return found;
}
