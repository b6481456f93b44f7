import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToMbps, type Reading, readCounters } from '../../../reconciler/model/counters.js';

const reading = (sequence: number, totals: Record<string, number>, epoch = 'one', atMs = sequence * 1000) => ({
  epoch,
  sequence,
  atMs,
  totals,
});

/** What each reading in turn makes of the ones before: the advance, null for a mere start, `late` for a refused one. */
function readAll(readings: ReturnType<typeof reading>[]) {
  let previous: Reading | undefined;
  return readings.map((next) => {
    const read = readCounters(previous, next);
    if (!read) return 'late';
    previous = read.reading;
    return read.advance;
  });
}

describe('counters', () => {
  test('the first reading is a start, the next an advance on the agent’s own clock', () => {
    expect(readAll([reading(1, { a: 100 }), reading(3, { a: 150, b: 7 })])).toEqual([
      null,
      { durationMs: 2000, amounts: { a: 50, b: 7 } },
    ]);
  });

  test('duplicates and earlier sequences are late and change nothing', () => {
    const after = readAll([reading(1, { a: 1 }), reading(3, { a: 3 }), reading(3, { a: 3 }), reading(2, { a: 2 })]);
    expect(after.slice(2)).toEqual(['late', 'late']);
  });

  test('a new epoch starts again; messages of ended ones are late', () => {
    const readings = [
      ...[reading(8, { a: 900 }), reading(1, { a: 5 }, 'two', 9000), reading(9, { a: 950 })],
      reading(2, { a: 25 }, 'two', 9500),
    ];
    expect(readAll(readings)).toEqual([null, null, 'late', { durationMs: 500, amounts: { a: 20 } }]);
  });

  test('a counter that shrank has restarted from zero', () => {
    expect(readAll([reading(1, { a: 100 }), reading(2, { a: 30 })])[1]).toMatchObject({ amounts: { a: 30 } });
  });

  test('a counter that a reading missed does not return as a burst', () => {
    const advances = readAll([reading(1, { a: 1000 }), reading(2, {}), reading(3, { a: 1010 })]);
    expect(advances.slice(1)).toMatchObject([{ amounts: {} }, { amounts: { a: 10 } }]);
  });

  test('after a clock was set back there is nothing to compare with', () => {
    const readings = [reading(1, { a: 1 }, 'one', 5000), reading(2, { a: 3 }, 'one', 4000)];
    expect(readAll([...readings, reading(3, { a: 8 }, 'one', 5000)]).slice(1)).toEqual([
      null,
      { durationMs: 1000, amounts: { a: 5 } },
    ]);
  });

  test('lost, doubled and swapped messages lose no byte up to the newest', () => {
    const steps = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(steps, fc.array(fc.nat(19), { maxLength: 40 }), (growths, order) => {
        const all = growths.map((_, i) => reading(i + 1, { a: growths.slice(0, i + 1).reduce((a, b) => a + b, 0) }));
        const arrived = [all[0] ?? reading(1, {}), ...order.flatMap((i) => all[i] ?? [])];
        const advances = readAll(arrived).flatMap((each) => (each === 'late' || each === null ? [] : [each]));
        const newest = arrived.reduce((a, b) => (b.sequence > a.sequence ? b : a));
        const sum = advances.reduce((bytes, { amounts }) => bytes + (amounts.a ?? 0), 0);
        expect(sum).toBe((newest.totals.a ?? 0) - (arrived[0]?.totals.a ?? 0));
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test('a megabyte in a second is eight megabits a second', () => {
    expect(bytesToMbps(1_000_000, 1000)).toBe(8);
  });
});
