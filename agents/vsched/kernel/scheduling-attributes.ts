import { libc } from '../../linux/libc.js';

/** `struct sched_attr` of linux/sched/types.h, version 0. */
const size = 48;
const at = { size: 0, policy: 4, flags: 8, runtimeNs: 24, deadlineNs: 32, periodNs: 40 } as const;
const deadlinePolicy = 6;
/** Processes that it forks are ordinary. The kernel lets no process fork that is scheduled by deadline otherwise. */
const resetOnFork = 1;

const calls: Partial<Record<NodeJS.Architecture, { set: number; get: number }>> = {
  x64: { set: 314, get: 315 },
  arm64: { set: 274, get: 275 },
  riscv64: { set: 274, get: 275 },
};

/** Whether the numbers of the system calls are known here. */
export const hasAttributes = (): boolean => calls[process.arch] !== undefined;

/** How a thread is scheduled, for `setAttributes`; or the errno of what the system refused. */
export function attributesOf(thread: number): string | number {
  const attributes = Buffer.alloc(size);
  const done = libc().syscall(calls[process.arch]?.get ?? -1, thread, attributes, size, 0);
  return done < 0 ? libc().errno() : attributes.toString('hex');
}

/** Gives the errno of what the system refused, or 0. */
export function setAttributes(thread: number, attributes: string): number {
  const done = libc().syscall(calls[process.arch]?.set ?? -1, thread, Buffer.from(attributes, 'hex'), 0, 0);
  return done < 0 ? libc().errno() : 0;
}

/** Of SCHED_DEADLINE, with the deadline at the end of the period. */
export function deadlineAttributes({ periodUs, sliceUs }: { periodUs: number; sliceUs: number }): string {
  const attributes = Buffer.alloc(size);
  attributes.writeUInt32LE(size, at.size);
  attributes.writeUInt32LE(deadlinePolicy, at.policy);
  attributes.writeBigUInt64LE(BigInt(resetOnFork), at.flags);
  attributes.writeBigUInt64LE(BigInt(sliceUs) * 1000n, at.runtimeNs);
  attributes.writeBigUInt64LE(BigInt(periodUs) * 1000n, at.deadlineNs);
  attributes.writeBigUInt64LE(BigInt(periodUs) * 1000n, at.periodNs);
  return attributes.toString('hex');
}

/** The period of SCHED_DEADLINE; 0 under any other policy. */
export function periodUsOf(attributes: string): number {
  return Number(Buffer.from(attributes, 'hex').readBigUInt64LE(at.periodNs)) / 1000;
}
