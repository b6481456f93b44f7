import { sliceBounds } from '../schema/adjusted-schedule.js';
import type { ScheduleBounds } from '../schema/generated/types.js';

/**
 * The seed's irritation button: who presses it gets more at once, and pays less and less afterwards, until it is pressed again. What it
 * moves is the slice of a period that stays, from the smallest that bounds allow, 0, to the largest, 1.
 */
export interface ButtonLevel {
  level: number;
  /** At how little it was pressed last. Falls with time, so that what was too little once is tried again. */
  irritated: number;
}

export type ButtonBounds = Pick<ScheduleBounds, 'leastPpm' | 'mostPpm'>;

/** A press goes half way to the top, and by no less than this. */
const leastRaise = 1 / 16;
/** Time in which the level halves. */
const halfLifeMs = 20_000;
/** Close above what irritated, it falls so many times more slowly. */
const caution = 10;
const closeness = 0.1;
/** Time in which half of what irritated is forgotten. */
const memoryHalfLifeMs = 300_000;
/** Less than this is nothing. */
const least = 0.002;

/** The level that a slice has. */
export function levelOf(bounds: ButtonBounds, periodUs: number, sliceUs: number): ButtonLevel {
  const { least: from, most: to } = sliceBounds(bounds, periodUs);
  const level = to > from ? Math.min(1, Math.max(0, (sliceUs - from) / (to - from))) : 0;
  return { level, irritated: 0 };
}

/** Microseconds of a period, never outside the bounds. */
export function sliceAt({ level }: ButtonLevel, bounds: ButtonBounds, periodUs: number): number {
  const { least: from, most: to } = sliceBounds(bounds, periodUs);
  return from + Math.round(level * (to - from));
}

/** More at once: a longer slice, unless it is the longest already. */
export function press(state: ButtonLevel, bounds: ButtonBounds, periodUs: number): ButtonLevel {
  const { level } = state;
  const { least: from, most: to } = sliceBounds(bounds, periodUs);
  const next = (sliceAt(state, bounds, periodUs) + 1 - from) / Math.max(1, to - from);
  return { level: Math.min(1, Math.max(level + Math.max((1 - level) / 2, leastRaise), next)), irritated: level };
}

/** After a time without a press. */
export function decay({ level, irritated }: ButtonLevel, elapsedMs: number): ButtonLevel {
  const remembered = irritated * 0.5 ** (elapsedMs / memoryHalfLifeMs);
  const isClose = remembered >= least && level <= irritated + closeness;
  const lower = level * 0.5 ** (elapsedMs / (isClose ? caution * halfLifeMs : halfLifeMs));
  return { level: lower < least ? 0 : lower, irritated: remembered < least ? 0 : remembered };
}
