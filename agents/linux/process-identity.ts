import { readFileSync } from 'node:fs';
import { attempt, statFields } from './processes.js';

/** A process beyond doubt: numbers of processes are used again, these three together are not. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks between the start of the machine and that of the process. */
  startTicks: number;
  /** The run of the machine. */
  bootId: string;
}

/** Position of the start time in /proc/PID/stat, counted from the field after the name. */
const startTicksField = 19;

let bootId: string | undefined;

/** The process that has this number now; undefined if there is none or it has ended. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const fields = statFields(attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? '');
  if (fields[0] === undefined || fields[0] === '' || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return { pid, startTicks: Number(fields[startTicksField]), bootId };
}

export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks && a.bootId === b.bootId;
}

/** Whether this very process still runs. */
export function isAlive(process: ProcessIdentity): boolean {
  const now = identifyProcess(process.pid);
  return now !== undefined && isSameProcess(now, process);
}
