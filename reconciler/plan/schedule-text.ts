import type { VmSchedule } from '../../schema/generated/types.js';
import { periodicText } from '../../schema/schedule.js';

/** `60 ms in every 100 ms, strict, on processor 0`. */
export function scheduleText({ periodUs, sliceUs, mode, cpus }: VmSchedule): string {
  return `${periodicText({ periodUs, sliceUs })}, ${mode}, on ${processors(cpus)}`;
}

function processors(cpus: readonly number[]): string {
  return cpus.length === 1 ? `processor ${cpus[0]}` : `processors ${cpus.join(', ')}`;
}
