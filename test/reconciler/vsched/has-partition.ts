import type { Processors, Schedule } from '../../../reconciler/model/schedule.js';
import { admits } from '../../../reconciler/vsched/admission.js';

/** Whether any partition exists, by trying all. */
export function hasPartition(schedules: readonly Schedule[], processors: Processors): boolean {
  const on: Schedule[][] = Array.from({ length: processors.count }, () => []);
  const descend = (place: number, thread: number, from: number): boolean => {
    const next = schedules[place];
    if (next === undefined) return on.every((tasks) => admits(tasks, processors.reservedPpm));
    if (thread === next.threads) return descend(place + 1, 0, 0);
    for (let cpu = from; cpu < processors.count; cpu++) {
      on[cpu]?.push(next);
      if (descend(place, thread + 1, cpu + 1)) return true;
      on[cpu]?.pop();
    }
    return false;
  };
  return descend(0, 0, 0);
}
