import { scheduleLimits } from '../../schema/schedule.js';
import { type Processors, type RunningSchedule, type Schedule, utilisation } from '../model/schedule.js';
import { partition } from './partition.js';

/** What one host could keep a schedule with. */
export interface Room {
  processors: Processors;
  /** Shortest period that it keeps. */
  floorUs: number;
  /** Schedules that it keeps beside. */
  beside: readonly RunningSchedule[];
}

/** Whether a host keeps a schedule beside the others. */
export function keeps({ processors, floorUs, beside }: Room, schedule: RunningSchedule): boolean {
  return schedule.periodUs >= floorUs && partition([...beside, schedule], processors).kind === 'partition';
}

/**
 * The schedule nearest to `wanted` that a host keeps beside the others: the period as wanted, or the shortest that the host keeps; the
 * same share of it, or the largest that fits. Null if not even the least slice does.
 */
export function nearestOn(room: Room, wanted: Schedule): Schedule | null {
  const periodUs = Math.max(wanted.periodUs, room.floorUs);
  const sliceUs = Number((BigInt(wanted.sliceUs) * BigInt(periodUs)) / BigInt(wanted.periodUs));
  const fits = (slice: number) => keeps(room, { ...wanted, periodUs, sliceUs: slice });
  let [least, most] = [scheduleLimits.leastSliceUs, Math.min(sliceUs, periodUs)];
  if (most >= least && fits(most)) return { ...wanted, periodUs, sliceUs: most };
  if (least >= most || !fits(least)) return null;
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle;
  }
  return { ...wanted, periodUs, sliceUs: least };
}

/** The nearest of what some hosts keep, and the place of its host: as large a share as possible, then as short a period. */
export function nearestOf(rooms: readonly Room[], wanted: Schedule): { room: number; schedule: Schedule } | null {
  let best: { room: number; schedule: Schedule } | null = null;
  for (const [place, room] of rooms.entries()) {
    const schedule = nearestOn(room, wanted);
    if (schedule !== null && (best === null || isNearer(schedule, best.schedule))) best = { room: place, schedule };
  }
  return best;
}

function isNearer(a: Schedule, b: Schedule): boolean {
  const more = utilisation(a) - utilisation(b);
  return more > 0 || (more === 0 && a.periodUs < b.periodUs);
}
