import { libc } from './libc.js';

/** The clocks of this machine at one moment, in microseconds. */
export interface ClockMoment {
  monotonicUs: number;
  /** By how much the clock that counts from the epoch is ahead of the monotonic one. */
  realtimeAheadUs: number;
}

const realtime = 0;
const monotonic = 1;
const tries = 5;
/** Read within so much time, they were read at once. */
const closeNs = 5000n;

/** Reads both clocks at once: of a few tries the one that took the least time. */
export function readClocks(): ClockMoment {
  let best = readOnce();
  for (let count = 1; count < tries && best.tookNs > closeNs; count += 1) {
    const next = readOnce();
    if (next.tookNs < best.tookNs) best = next;
  }
  return { monotonicUs: Number(best.monotonicNs) / 1000, realtimeAheadUs: Math.round(Number(best.aheadNs) / 1000) };
}

function readOnce(): { monotonicNs: bigint; aheadNs: bigint; tookNs: bigint } {
  const beforeNs = read(monotonic);
  const realtimeNs = read(realtime);
  const tookNs = read(monotonic) - beforeNs;
  return { monotonicNs: beforeNs, aheadNs: realtimeNs - (beforeNs + tookNs / 2n), tookNs };
}

const timespec = Buffer.alloc(16);

function read(clock: number): bigint {
  libc().clockTime(clock, timespec);
  return timespec.readBigInt64LE(0) * 1_000_000_000n + timespec.readBigInt64LE(8);
}
