import { readdirSync } from 'node:fs';
import { libc } from '../../linux/libc.js';
import { attempt } from '../../linux/processes.js';

/** Of the C library's set of processors. */
const maskBytes = 128;

export const threadsOf = (pid: number): number[] => (attempt(() => readdirSync(`/proc/${pid}/task`)) ?? []).map(Number);

/** The processors that a process may run on, by its first thread. Undefined if it has ended. */
export function affinityOf(pid: number): string | undefined {
  const mask = Buffer.alloc(maskBytes);
  return libc().getAffinity(pid, mask.length, mask) < 0 ? undefined : mask.toString('hex');
}

/** Lets all threads run on these processors. Gives the errno of what the system refused, or 0; threads that have ended do not count. */
export function setAffinity(pid: number, mask: string): number {
  const bytes = Buffer.from(mask, 'hex');
  const bound = new Set<number>();
  let refused = 0;
  // Threads that were begun by others meanwhile are found in another round.
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const thread of threadsOf(pid)) {
      if (bound.has(thread)) continue;
      if (libc().setAffinity(thread, bytes.length, bytes) !== 0 && libc().errno() !== gone) refused = libc().errno();
      bound.add(thread);
      isNew = true;
    }
  }
  return refused;
}

/** ESRCH. */
const gone = 3;

export function maskOf(cpu: number): string {
  const mask = Buffer.alloc(maskBytes);
  mask[cpu >> 3] = 1 << (cpu & 7);
  return mask.toString('hex');
}

export const everywhere = 'ff'.repeat(maskBytes);

/** The processors of a mask, ascending. */
export function processorsIn(mask: string): number[] {
  const bytes = Buffer.from(mask, 'hex');
  return Array.from({ length: bytes.length * 8 }, (_, cpu) => cpu).filter(
    (cpu) => ((bytes[cpu >> 3] ?? 0) & (1 << (cpu & 7))) !== 0,
  );
}
