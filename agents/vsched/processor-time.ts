import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { attempt, statFields } from '../linux/processes.js';

/** USER_HZ: what the kernel shows processor time in, on every architecture. */
const ticksPerSecond = 100;
/** Positions after the program's name in /proc/PID/stat. */
const userTicks = 11;
const systemTicks = 12;

/** Processor time that processes have used so far, in milliseconds; those that have ended do not count. */
export function processorTimeMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + processTimeMs(pid), 0);
}

function processTimeMs(pid: number): number {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === undefined) return 0;
  const fields = statFields(stat);
  return ((Number(fields[userTicks]) + Number(fields[systemTicks])) * 1000) / ticksPerSecond;
}

/**
 * Time that the threads of processes were ready to run and waited for a processor, in milliseconds; those that have ended do not
 * count. Undefined where the kernel does not account for it (CONFIG_SCHED_INFO).
 */
export function runQueueWaitMs(pids: readonly number[]): number | undefined {
  if (!existsSync('/proc/self/schedstat')) return undefined;
  return pids.reduce((sum, pid) => sum + processWaitMs(pid), 0);
}

/** Of every thread, because /proc/PID/schedstat tells of the first one alone. */
function processWaitMs(pid: number): number {
  const threads = attempt(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return threads.reduce((sum, thread) => {
    const schedstat = attempt(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1'));
    // Nanoseconds on a processor, nanoseconds waiting for one, times on one.
    return sum + Number(schedstat?.split(' ')[1] ?? 0) / 1e6;
  }, 0);
}
