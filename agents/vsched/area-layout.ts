/** Of agents/vsched/native/area.h, on little-endian machines; a test compares it with the compiler's. */
export const layout = {
  area: {
    size: 216896,
    wanted: 64,
    watch: 2688,
    core: 2752,
    answers: 2880,
    accounts: 6976,
    held: 11072,
    periods: 20288,
  },
  head: { size: 64, magic: 0, layout: 8, cpu: 16, reservePpm: 20, corePid: 24, watchPid: 28 },
  wanted: { size: 2624, sequence: 0, wishes: 8 },
  wish: { size: 40, pid: 0, flags: 4, startTicks: 8, periodUs: 16, sliceUs: 24, phaseUs: 32 },
  watch: { size: 64, heartbeatNs: 0, isDeadline: 8, releases: 12, ownNs: 16 },
  core: {
    size: 128,
    heartbeatNs: 0,
    applied: 8,
    held: 12,
    wakes: 16,
    ownNs: 32,
    stealUs: 40,
    startedNs: 56,
    periodsEnded: 64,
  },
  answer: { size: 64, answer: 4, pid: 8, error: 12, startTicks: 16, periodUs: 24, sliceUs: 32, flags: 40, threads: 44 },
  account: { size: 64, pid: 4, periods: 8, shorts: 16, misses: 24, usedNs: 32, overNs: 40 },
  held: { size: 144, held: 0, pid: 4, startTicks: 8, mask: 16 },
  period: { size: 48, startNs: 0, dueNs: 8, usedNs: 16, offeredNs: 24, stealUs: 32, pid: 40, task: 44, flags: 46 },
} as const;

export const flag = { strict: 1, paused: 2, phased: 4, realtime: 8 } as const;

/** In the order of the C names. */
export const answers = ['none', 'held', 'invalid', 'overfull', 'gone', 'other', 'denied'] as const;

export interface Wish {
  pid: number;
  startTicks?: number;
  periodUs: number;
  sliceUs: number;
  phaseUs?: number;
  flags?: number;
}

export function encodeWish({ pid, startTicks = 0, periodUs, sliceUs, phaseUs = 0, flags = 0 }: Wish): Buffer {
  const bytes = Buffer.alloc(layout.wish.size);
  bytes.writeInt32LE(pid, layout.wish.pid);
  bytes.writeUInt32LE(flags, layout.wish.flags);
  bytes.writeBigUInt64LE(BigInt(startTicks), layout.wish.startTicks);
  bytes.writeBigInt64LE(BigInt(periodUs), layout.wish.periodUs);
  bytes.writeBigInt64LE(BigInt(sliceUs), layout.wish.sliceUs);
  bytes.writeBigInt64LE(BigInt(phaseUs), layout.wish.phaseUs);
  return bytes;
}
