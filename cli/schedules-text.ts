import type { ScheduleList, ScheduleView } from '../schema/generated/types.js';
import { periodicText } from '../schema/schedule.js';
import { columns } from './columns.js';

/** A table of schedules: as stated, as in force, by whom, and what they cost. */
export function schedulesText({ schedules }: ScheduleList): string {
  if (schedules.length === 0) return 'No VM has a schedule: state one in a VMSet.\n';
  const head = ['VM', 'HOST', 'CPUS', 'STATED', 'IN FORCE', 'BY', 'COST'];
  return `${columns([head, ...schedules.map(cells)], [6]).join('\n')}\n`;
}

function cells({ vm, host, cpus, stated, inForce, adjusted, cost }: ScheduleView): string[] {
  return [
    vm,
    host ?? '-',
    cpus.length > 0 ? cpus.join(',') : '-',
    periodicText(stated),
    cpus.length > 0 ? periodicText(inForce) : '-',
    adjusted ? adjusted.key.slice(0, 'sha256:'.length + 8) : 'documents',
    cost === null ? '-' : `${cost.toFixed(1)} %`,
  ];
}
