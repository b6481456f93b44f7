import { readFileSync } from 'node:fs';
import { attempt } from '../../linux/processes.js';
import { threadsOf } from './affinity.js';

/** Processor time that the threads of a process have used, in microseconds; those that have ended do not count. */
export function usedUs(pid: number): number {
  return threadsOf(pid).reduce((sum, thread) => {
    const schedstat = attempt(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1'));
    return sum + Number(schedstat?.split(' ')[0] ?? 0) / 1000;
  }, 0);
}
