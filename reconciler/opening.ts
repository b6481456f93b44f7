import type { ApplyWindow, Freeze } from './model/snapshot.js';
import type { Calendar } from './ports.js';

/** Whether plans may be carried out at a time. */
export type Opening =
  | { kind: 'open' }
  /** `opensMs`: when they may again, milliseconds since the epoch; null: not within the years that a calendar looks ahead. */
  | { kind: 'closed'; opensMs: number | null; why: string };

/** Freezes and windows that follow on each other are looked through; more than that many are not. */
const mostSteps = 1000;

/** Plans are carried out while some window is open, if there are any, and no freeze is on. */
export function openingAt(
  { applyWindows, freezes }: { applyWindows: readonly ApplyWindow[]; freezes: readonly Freeze[] },
  calendar: Calendar,
  nowMs: number,
): Opening {
  const frozen = freezes.find((each) => isOn(each, nowMs));
  const isWindowOpen = applyWindows.length === 0 || applyWindows.some((each) => isOpen(each, calendar, nowMs));
  if (!frozen && isWindowOpen) return { kind: 'open' };
  const why = frozen ? `A freeze is on${frozen.reason === '' ? '' : ` (${frozen.reason})`}.` : 'No window is open.';
  return { kind: 'closed', opensMs: nextOpening(applyWindows, freezes, calendar, nowMs), why };
}

/** From a closed time on: to the end of each freeze that is on, and to the next window, until neither is in the way. */
function nextOpening(
  windows: readonly ApplyWindow[],
  freezes: readonly Freeze[],
  calendar: Calendar,
  nowMs: number,
): number | null {
  let atMs: number | null = nowMs;
  for (let step = 0; step < mostSteps && atMs !== null; step++) {
    const time: number = atMs;
    const frozen = freezes.filter((each) => isOn(each, time));
    if (frozen.length > 0) atMs = Math.max(...frozen.map(({ untilMs }) => untilMs));
    else if (windows.length > 0 && !windows.some((each) => isOpen(each, calendar, time)))
      atMs = soonest(windows, calendar, time);
    else return time;
  }
  return null;
}

function soonest(windows: readonly ApplyWindow[], calendar: Calendar, afterMs: number): number | null {
  const times = windows
    .map(({ fields, timeZone }) => calendar.next(fields, timeZone, afterMs))
    .filter((time) => time !== null);
  return times.length > 0 ? Math.min(...times) : null;
}

const isOn = ({ fromMs, untilMs }: Freeze, nowMs: number): boolean => fromMs <= nowMs && nowMs < untilMs;

/** It opened no longer ago than it lasts: times are of whole seconds, and one that is just now counts. */
function isOpen({ fields, timeZone, durationMs }: ApplyWindow, calendar: Calendar, nowMs: number): boolean {
  const opened = calendar.next(fields, timeZone, nowMs - durationMs);
  return opened !== null && opened <= nowMs;
}
