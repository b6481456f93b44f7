import { lapsed, laterOf } from '../../schema/adjusted-schedule.js';
import type { AdjustedSchedule, VmSchedule } from '../../schema/generated/types.js';
import type { Refusal } from './scheduler-backend.js';

/** Schedules as a host is told them, each with the adjustment that holds: one that came with it, or one that was made here. */
export function withAdjustments(
  told: readonly VmSchedule[],
  made: ReadonlyMap<string, AdjustedSchedule>,
): VmSchedule[] {
  return told.map(({ adjusted: sent, ...schedule }) => {
    const adjusted = laterOf(made.get(schedule.vm), sent);
    return adjusted !== undefined && holds(schedule, adjusted) ? { ...schedule, adjusted } : schedule;
  });
}

/** By VM. */
export function adjustmentsIn(schedules: readonly VmSchedule[]): Map<string, AdjustedSchedule> {
  return new Map(schedules.flatMap(({ vm, adjusted }) => (adjusted ? [[vm, adjusted] as const] : [])));
}

/** Schedules with a user's choice put in place of one. It is later than the one before, whatever the clock says. */
export function adjust(
  kept: readonly VmSchedule[],
  vm: string,
  adjusted: AdjustedSchedule,
): { kind: 'adjusted'; schedules: VmSchedule[] } | Refusal {
  const before = kept.find((each) => each.vm === vm);
  if (before === undefined) {
    return { kind: 'not-scheduled', message: `${vm} has no schedule on this host: look where it runs by now` };
  }
  if (!holds(before, adjusted)) {
    const message = `what may be put in place of the schedule of ${vm} has changed meanwhile: look at it again`;
    return { kind: 'invalid', message };
  }
  const atMs = Math.max(adjusted.atMs, (before.adjusted?.atMs ?? -1) + 1);
  const schedules = kept.map((each) => (each === before ? { ...before, adjusted: { ...adjusted, atMs } } : each));
  return { kind: 'adjusted', schedules };
}

/** One that goes back to what is stated needs no bounds, and has to be remembered: it is later than others. */
function holds(schedule: VmSchedule, adjusted: AdjustedSchedule): boolean {
  const { periodUs, sliceUs, statedPeriodUs, statedSliceUs } = adjusted;
  const isStated = periodUs === statedPeriodUs && sliceUs === statedSliceUs;
  const goesBack = isStated && periodUs === schedule.periodUs && sliceUs === schedule.sliceUs;
  return goesBack || !lapsed(schedule, adjusted);
}
