import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearestInRange, outOfRange } from '../../../agents/vsched/schedule-range.js';
import { type Schedule, type SchedulerAbility, scheduleCapability } from '../../../agents/vsched/scheduler-backend.js';

const ability: SchedulerAbility = {
  ...{ backend: 'quota', guarantee: 'at-most', floorUs: 10_000, longestPeriodUs: 1_000_000, leastSliceUs: 1000 },
  ...{
    modes: ['strict', 'work-conserving'],
    hasPhases: true,
    pauses: false,
    binds: true,
    mostThreads: 512,
    overheadUs: 0,
  },
  ...{ cpus: [0], reservedPpm: 0 },
};

const schedules: fc.Arbitrary<Schedule> = fc
  .tuple(fc.integer({ min: 1, max: 10_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
  .map(([periodUs, share, hasPhase]) => ({
    ...{ periodUs, sliceUs: Math.max(1, Math.floor(periodUs * share)), mode: 'strict' },
    ...(hasPhase ? { phaseUs: periodUs - 1 } : {}),
  }));

it('what is said to be nearest is in range, and what is in range is nearest to itself', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const refused = outOfRange(schedule, ability);
      const nearest = nearestInRange(schedule, ability);
      if (refused === undefined) expect(nearest).toEqual(schedule);
      else expect(refused).toMatchObject({ kind: 'out-of-range', nearest });
      expect(nearest && outOfRange(nearest, ability)).toBeUndefined();
    }),
    { seed: 8, numRuns: 500 },
  );
});

it('says what a backend keeps, and what is nearest', () => {
  const schedule: Schedule = { periodUs: 5000, sliceUs: 2000, mode: 'strict' };
  expect(outOfRange(schedule, ability)).toEqual({
    kind: 'out-of-range',
    nearest: { periodUs: 10_000, sliceUs: 4000, mode: 'strict' },
    message:
      '2 ms in every 5 ms is not what the quota backend keeps: it has periods from 10000 to 1000000 us, and slices of at least 1000 us; 4 ms in every 10 ms is nearest',
  });
});

it('tells a host what it keeps as the schema says', () => {
  const bounds = { floorUs: 10_000, longestPeriodUs: 1_000_000 };
  const told = { backend: 'quota', ...bounds, guarantee: 'at-most', overheadUs: 0, processors: 1, reservedPpm: 0 };
  expect(scheduleCapability(ability)).toEqual({ ...told, refuses: ['gang'] });
  expect(scheduleCapability(ability, true)).toEqual(told);
  const strict = { ...ability, modes: ['strict'] as const, hasPhases: false };
  expect(scheduleCapability(strict)).toEqual({ ...told, refuses: ['work-conserving', 'lock-step', 'gang'] });
});
