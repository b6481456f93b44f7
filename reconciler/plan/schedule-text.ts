import { inForce } from '../../schema/adjusted-schedule.js';
import type { VmSchedule } from '../../schema/generated/types.js';
import { periodicText } from '../../schema/schedule.js';

/** `60 ms in every 100 ms, strict, on processor 0`, and that or how a user has changed it, and who may. */
export function scheduleText(schedule: VmSchedule): string {
  const { periodUs, sliceUs, mode, cpus, adjusted, bounds = [] } = schedule;
  const text = `${periodicText({ periodUs, sliceUs })}, ${mode}, on ${processors(cpus)}`;
  const changed = adjusted === undefined ? '' : `, made ${periodicText(inForce(schedule))} by ${adjusted.key}`;
  return `${text}${changed}${bounds.length > 0 ? `, adjustable by ${usersOf(bounds)}` : ''}`;
}

function usersOf(bounds: NonNullable<VmSchedule['bounds']>): string {
  const users = new Set(bounds.map(({ key }) => key)).size;
  return users === 1 ? '1 user' : `${users} users`;
}

function processors(cpus: readonly number[]): string {
  return cpus.length === 1 ? `processor ${cpus[0]}` : `processors ${cpus.join(', ')}`;
}
