import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../reconciler/model/schedule.js';
import { scheduleCost } from '../../../reconciler/vsched/cost.js';
import { keeps, nearestOf, nearestOn, type Room } from '../../../reconciler/vsched/nearest.js';
import { plane } from '../../../reconciler/vsched/plane.js';

const schedule = (periodUs: number, sliceUs: number, threads = 1): Schedule => ({ periodUs, sliceUs, threads });
const room = (count: number, beside: Schedule[], floorUs = 1000): Room => ({
  processors: { count, reservedPpm: 100_000 },
  floorUs,
  beside,
});

describe('the nearest schedule', () => {
  it('is the wanted one where it fits', () => {
    expect(nearestOn(room(1, [schedule(10_000, 5000)]), schedule(10_000, 4000))).toEqual(schedule(10_000, 4000));
  });

  it('has the largest slice that fits, to the microsecond', () => {
    expect(nearestOn(room(1, [schedule(10_000, 5000)]), schedule(30_000, 15_000))).toEqual(schedule(30_000, 12_000));
    expect(nearestOn(room(2, [schedule(10_000, 5000)]), schedule(30_000, 15_000, 2))).toEqual(
      schedule(30_000, 12_000, 2),
    );
  });

  it('has the shortest period that the host keeps, and the same share of it', () => {
    expect(nearestOn(room(1, [], 100_000), schedule(10_000, 4000))).toEqual(schedule(100_000, 40_000));
  });

  it('is none where nothing is left, or the gang has too few processors', () => {
    expect(nearestOn(room(1, [schedule(1000, 900)]), schedule(10_000, 4000))).toBeNull();
    expect(nearestOn(room(1, []), schedule(10_000, 100, 2))).toBeNull();
  });

  it('of several hosts is the one that leaves most', () => {
    const rooms = [room(1, [schedule(10_000, 5000)]), room(1, [schedule(10_000, 3000)]), room(1, [], 50_000)];
    expect(nearestOf(rooms.slice(0, 2), schedule(10_000, 9000))).toEqual({ room: 1, schedule: schedule(10_000, 6000) });
    expect(nearestOf(rooms, schedule(10_000, 9000))).toEqual({ room: 2, schedule: schedule(50_000, 45_000) });
    expect(nearestOf([], schedule(10_000, 9000))).toBeNull();
  });

  it('fits, and one more microsecond does not', () => {
    const beside = fc.array(
      fc.record({ periodUs: fc.constantFrom(3000, 7000, 10_000), share: fc.integer({ min: 1, max: 60 }) }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(
        beside,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 500, max: 50_000 }),
        (others, count, periodUs) => {
          const where = room(
            count,
            others.map(({ periodUs: p, share }) => schedule(p, Math.floor((p * share) / 100))),
          );
          const wanted = schedule(periodUs, periodUs);
          const found = nearestOn(where, wanted);
          if (found === null) {
            expect(keeps(where, schedule(Math.max(1000, periodUs), 20))).toBe(false);
            return;
          }
          expect(keeps(where, found)).toBe(true);
          if (found.sliceUs < found.periodUs)
            expect(keeps(where, { ...found, sliceUs: found.sliceUs + 1 })).toBe(false);
        },
      ),
      { seed: 12, numRuns: 150 },
    );
  });
});

describe('the cost of a schedule', () => {
  it('is its share and the overhead of each slice, in percent', () => {
    expect(scheduleCost({ periodUs: 10_000, sliceUs: 2000 }, 20)).toBeCloseTo(21, 9);
    expect(scheduleCost({ periodUs: 10_000, sliceUs: 2000 }, 20, 3)).toBeCloseTo(23, 9);
    expect(scheduleCost({ periodUs: 1000, sliceUs: 200 }, 20)).toBeGreaterThan(
      scheduleCost({ periodUs: 10_000, sliceUs: 2000 }, 20),
    );
  });
});

describe('the plane of period and utilisation', () => {
  it('says of every position what it costs and whether it is possible', () => {
    const axes = { periodsUs: [100, 1000, 10_000], utilisations: [0.01, 0.4, 0.5], threads: 1 };
    const points = plane(room(1, [schedule(10_000, 5000)], 500), axes, 5);
    expect(points.map(({ periodUs, sliceUs, verdict }) => [periodUs, sliceUs, verdict])).toEqual([
      [100, 1, 'below-floor'],
      [100, 40, 'below-floor'],
      [100, 50, 'below-floor'],
      [1000, 10, 'too-short'],
      [1000, 400, 'possible'],
      [1000, 500, 'no-room'],
      [10_000, 100, 'possible'],
      [10_000, 4000, 'possible'],
      [10_000, 5000, 'no-room'],
    ]);
    expect(points[4]?.cost).toBeCloseTo(41.25, 9);
  });

  it('has room where a host keeps the schedule, at each of its points', () => {
    const other = fc.record({
      periodUs: fc.constantFrom(3000, 7000, 10_000),
      share: fc.integer({ min: 1, max: 60 }),
      threads: fc.integer({ min: 1, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(other, { maxLength: 5 }), fc.integer({ min: 2, max: 4 }), (others, count) => {
        const beside = others.map((each) =>
          schedule(each.periodUs, Math.floor((each.periodUs * each.share) / 100), each.threads),
        );
        const where = room(count, beside);
        const axes = { periodsUs: [2000, 7000, 33_000], utilisations: [0.05, 0.2, 0.31, 0.4, 0.55, 0.8, 0.9, 1] };
        for (const point of plane(where, { ...axes, threads: 2 }, 5)) {
          const { periodUs, sliceUs } = point;
          expect(point.verdict).toBe(keeps(where, schedule(periodUs, sliceUs, 2)) ? 'possible' : 'no-room');
        }
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});
