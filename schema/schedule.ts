import type { VMSet } from './generated/types.js';
import { computeCores, durationMs } from './quantities.js';

type Stated = NonNullable<VMSet['spec']['schedule']>;

/** What a schedule may be, whatever keeps it. */
export const scheduleLimits = { leastPeriodUs: 200, leastSliceUs: 20, longestPeriodUs: 31 * 24 * 3600 * 1_000_000 };

/** A schedule as documents state it, with what its class says of fields that are left out. */
export interface StatedSchedule {
  periodUs: number;
  sliceUs: number;
  threads: number;
  mode: 'strict' | 'work-conserving';
  lockStep: boolean;
}

const classes = {
  batch: { period: '1s', mode: 'work-conserving', lockStep: false },
  interactive: { period: '10ms', mode: 'work-conserving', lockStep: false },
  'batch-parallel': { period: '50ms', mode: 'strict', lockStep: true },
} as const satisfies Record<Stated['class'], { period: string; mode: StatedSchedule['mode']; lockStep: boolean }>;

/** @param compute what each VM needs: without a slice and a share, its schedule gives it that much */
export function statedSchedule(stated: Stated, compute: VMSet['spec']['compute']): StatedSchedule {
  const { period, mode, lockStep } = { ...classes[stated.class], ...stated };
  const { slice, utilisation, gang: threads = 1 } = stated;
  const periodUs = microseconds(period);
  const share = utilisation ?? computeCores(compute) / threads;
  const sliceUs = slice === undefined ? Math.round(share * periodUs) : microseconds(slice);
  return { periodUs, sliceUs, threads, mode, lockStep };
}

/** `10ms` to 10,000, in whole microseconds. */
export function microseconds(text: string): number {
  return Math.round(durationMs(text) * 1000);
}
