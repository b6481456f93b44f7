import { periodicText } from '../../schema/schedule.js';
import type { Refusal, Schedule, SchedulerAbility } from './scheduler-backend.js';

/** Why a backend never grants such a schedule, however much room there is; undefined if it does. */
export function outOfRange(schedule: Schedule, ability: SchedulerAbility): Refusal | undefined {
  return invalid(schedule) ?? unsupported(schedule, ability) ?? unreachable(schedule, ability);
}

/**
 * The same share of the period that comes closest; with a slice of at most `mostUs` of it. Undefined if that is less than the least slice.
 */
export function nearestInRange(
  schedule: Schedule,
  { floorUs, longestPeriodUs, leastSliceUs }: SchedulerAbility,
  mostUs: (periodUs: number) => number = (periodUs) => periodUs,
): Schedule | undefined {
  const periodUs = Math.min(Math.max(schedule.periodUs, floorUs), longestPeriodUs);
  const sameShareUs = Number((BigInt(schedule.sliceUs) * BigInt(periodUs)) / BigInt(schedule.periodUs));
  const most = mostUs(periodUs);
  const sliceUs = Math.min(Math.max(sameShareUs, leastSliceUs), most);
  if (sliceUs < leastSliceUs) return undefined;
  const { phaseUs, ...rest } = schedule;
  return { ...rest, periodUs, sliceUs, ...(phaseUs === undefined ? {} : { phaseUs: phaseUs % periodUs }) };
}

function invalid({ periodUs, sliceUs, phaseUs = 0 }: Schedule): Refusal | undefined {
  if ([periodUs, sliceUs, phaseUs].every(Number.isSafeInteger)) {
    const isOrdered = sliceUs > 0 && sliceUs <= periodUs && phaseUs >= 0 && phaseUs < periodUs;
    if (isOrdered) return undefined;
  }
  const is = `period ${periodUs}, slice ${sliceUs}, phase ${phaseUs}`;
  const message = `${is}: give whole microseconds, a slice above 0 and at most the period, and a phase below the period`;
  return { kind: 'invalid', message };
}

function unsupported(schedule: Schedule, ability: SchedulerAbility): Refusal | undefined {
  const { backend, modes, hasPhases, pauses } = ability;
  const { mode, phaseUs, isPaused = false } = schedule;
  if (!modes.includes(mode)) {
    const message = `the ${backend} backend has no ${mode} mode: use ${modes.join(' or ')}, or a host with edf`;
    return { kind: 'unsupported', message };
  }
  if (isPaused && !pauses) {
    const message = `the ${backend} backend pauses nobody: stop the process yourself, or use a host with edf`;
    return { kind: 'unsupported', message };
  }
  if (phaseUs === undefined || hasPhases) return undefined;
  return {
    kind: 'unsupported',
    message: `the ${backend} backend keeps no phases: leave it out, or use a host with edf`,
  };
}

function unreachable(schedule: Schedule, ability: SchedulerAbility): Refusal | undefined {
  const { backend, floorUs, longestPeriodUs, leastSliceUs } = ability;
  const { periodUs, sliceUs } = schedule;
  if (periodUs >= floorUs && periodUs <= longestPeriodUs && sliceUs >= leastSliceUs) return undefined;
  const nearest = nearestInRange(schedule, ability);
  const range = `periods from ${floorUs} to ${longestPeriodUs} us, and slices of at least ${leastSliceUs} us`;
  const instead = nearest ? `; ${periodicText(nearest)} is nearest` : '';
  const message = `${periodicText(schedule)} is not what the ${backend} backend keeps: it has ${range}${instead}`;
  return { kind: 'out-of-range', message, ...(nearest ? { nearest } : {}) };
}
