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

/** `60 ms in every 100 ms`. */
export function periodicText({ periodUs, sliceUs }: Pick<StatedSchedule, 'periodUs' | 'sliceUs'>): string {
  return `${timeText(sliceUs)} in every ${timeText(periodUs)}`;
}

const units = [
  [3_600_000_000, 'h'],
  [60_000_000, 'min'],
  [1_000_000, 's'],
  [1000, 'ms'],
] as const;

/** `20 ms`: in the largest unit in which it has at most three decimals. */
export function timeText(us: number): string {
  const [factor, unit] = units.find(([size]) => us >= size && Number.isInteger((us / size) * 1000)) ?? [1, 'us'];
  return `${us / factor} ${unit}`;
}
