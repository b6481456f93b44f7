import { readFileSync } from 'node:fs';
import { processesInNamespaces, statFields } from '../linux/processes.js';

/** USER_HZ: what the kernel shows processor time in, on every architecture. */
const ticksPerSecond = 100;
/** Positions after the program's name in /proc/PID/stat. */
const userTicks = 11;
const systemTicks = 12;

/** Processor time that the processes in a network namespace have used so far, in milliseconds; those that ended do not count. */
export function processorTimeMs(namespacePath: string): number {
  return processesInNamespaces([namespacePath]).reduce((sum, pid) => sum + processTimeMs(pid), 0);
}

function processTimeMs(pid: number): number {
  try {
    const fields = statFields(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return ((Number(fields[userTicks]) + Number(fields[systemTicks])) * 1000) / ticksPerSecond;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return 0; // it ended meanwhile
    throw error;
  }
}
