import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inForce, lapsed, laterOf, sliceBounds, within } from '../../schema/adjusted-schedule.js';
import type { AdjustedSchedule, VmSchedule } from '../../schema/generated/types.js';

const alice = `sha256:${'A'.repeat(43)}=`;
const bob = `sha256:${'B'.repeat(43)}=`;
const bounds = [{ key: alice, leastPeriodUs: 5000, mostPeriodUs: 100_000, leastPpm: 100_000, mostPpm: 600_000 }];
const schedule: VmSchedule = { vm: 'web-1', cpus: [0], periodUs: 10_000, sliceUs: 3000, mode: 'strict', bounds };
const adjusted: AdjustedSchedule = {
  periodUs: 20_000,
  sliceUs: 10_000,
  statedPeriodUs: 10_000,
  statedSliceUs: 3000,
  key: alice,
  atMs: 1000,
};

describe('what is in force', () => {
  it('is what documents state, or what a user has put in its place', () => {
    expect(inForce(schedule)).toEqual({ periodUs: 10_000, sliceUs: 3000 });
    expect(inForce({ ...schedule, adjusted })).toEqual({ periodUs: 20_000, sliceUs: 10_000 });
  });

  it('is what documents state once they state another schedule', () => {
    expect(inForce({ ...schedule, sliceUs: 4000, adjusted })).toEqual({ periodUs: 10_000, sliceUs: 4000 });
    expect(inForce({ ...schedule, periodUs: 11_000, adjusted })).toEqual({ periodUs: 11_000, sliceUs: 3000 });
    expect(lapsed({ ...schedule, sliceUs: 4000 }, adjusted)).toBe(true);
  });

  it('is what documents state once bounds exclude what a user chose, or leave the user out', () => {
    const narrower = bounds.map((each) => ({ ...each, mostPpm: 499_000 }));
    expect(inForce({ ...schedule, bounds: narrower, adjusted })).toEqual({ periodUs: 10_000, sliceUs: 3000 });
    expect(lapsed({ ...schedule, bounds: bounds.map((each) => ({ ...each, key: bob })) }, adjusted)).toBe(true);
    const { bounds: _, ...unbounded } = schedule;
    expect(lapsed(unbounded, adjusted)).toBe(true);
    expect(lapsed(schedule, adjusted)).toBe(false);
    expect(lapsed(unbounded, { ...adjusted, periodUs: 10_000, sliceUs: 3000 })).toBe(false);
  });
});

describe('of two adjustments', () => {
  const later = { ...adjusted, atMs: 2000 };

  it('the later one holds, whoever tells of it', () => {
    expect(laterOf(adjusted, later)).toBe(later);
    expect(laterOf(later, adjusted)).toBe(later);
    expect(laterOf(undefined, adjusted)).toBe(adjusted);
    expect(laterOf(adjusted, undefined)).toBe(adjusted);
    expect(laterOf(undefined, undefined)).toBeUndefined();
  });

  it('of the same moment the first one holds', () => {
    expect(laterOf(adjusted, { ...adjusted })).toBe(adjusted);
  });
});

describe('bounds', () => {
  it('are those of the key', () => {
    expect(within(bounds, alice, { periodUs: 10_000, sliceUs: 6000 })).toBe('granted');
    expect(within(bounds, alice, { periodUs: 10_000, sliceUs: 6001 })).toBe('outside');
    expect(within(bounds, alice, { periodUs: 10_000, sliceUs: 999 })).toBe('outside');
    expect(within(bounds, alice, { periodUs: 4999, sliceUs: 2000 })).toBe('outside');
    expect(within(bounds, alice, { periodUs: 100_001, sliceUs: 20_000 })).toBe('outside');
    expect(within(bounds, bob, { periodUs: 10_000, sliceUs: 3000 })).toBe('no-bounds');
    expect(within(undefined, alice, { periodUs: 10_000, sliceUs: 3000 })).toBe('no-bounds');
  });

  it('of one key may be several', () => {
    const two = [...bounds, { key: alice, leastPeriodUs: 1000, mostPeriodUs: 1000, leastPpm: 1, mostPpm: 900_000 }];
    expect(within(two, alice, { periodUs: 1000, sliceUs: 900 })).toBe('granted');
    expect(within(two, alice, { periodUs: 10_000, sliceUs: 9000 })).toBe('outside');
  });

  it('contain each share between them, as a slice in whole microseconds', () => {
    const ppm = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(ppm, ppm, ppm, fc.integer({ min: 200, max: 2_678_400_000_000 }), (a, b, c, periodUs) => {
        const [leastPpm, share, mostPpm] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        const own = [{ key: alice, leastPeriodUs: periodUs, mostPeriodUs: periodUs, leastPpm, mostPpm }];
        const { least: sliceUs } = sliceBounds({ leastPpm: share, mostPpm: share }, periodUs);
        expect(within(own, alice, { periodUs, sliceUs })).toBe('granted');
        const { least, most } = sliceBounds({ leastPpm, mostPpm }, periodUs);
        expect(within(own, alice, { periodUs, sliceUs: least - 1 })).toBe('outside');
        expect(within(own, alice, { periodUs, sliceUs: most + 1 })).toBe('outside');
      }),
      { seed: 16, numRuns: 500 },
    );
  });
});
