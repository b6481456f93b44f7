import fc from 'fast-check';
import { expect, it } from 'vitest';
import { excessPpm, hasRoom, largestSliceUs, roomBeside } from '../../../agents/vsched/processor-room.js';

const task = fc
  .tuple(fc.integer({ min: 200, max: 2_678_400_000_000 }), fc.double({ min: 0.0001, max: 1, noNaN: true }))
  .map(([periodUs, share]) => ({ periodUs, sliceUs: Math.max(1, Math.floor(periodUs * share)) }));
const tasks = fc.array(task, { maxLength: 12 });
const reserve = fc.integer({ min: 0, max: 999_999 });

it('takes no rounding: a third three times fills a processor, and a microsecond in a month more does not fit', () => {
  const third = { periodUs: 3000, sliceUs: 1000 };
  const room = roomBeside([third, third], 1_000_000);
  expect(hasRoom(room, third)).toBe(true);
  expect(hasRoom(room, { periodUs: 3000, sliceUs: 1001 })).toBe(false);
  expect(hasRoom(roomBeside([third, third, third], 1_000_000), { periodUs: 2_678_400_000_000, sliceUs: 1 })).toBe(
    false,
  );
});

it('the largest slice fits, and one microsecond more does not', () => {
  fc.assert(
    fc.property(tasks, reserve, task, (others, reservedPpm, { periodUs }) => {
      const room = roomBeside(others, 1_000_000 - reservedPpm);
      const sliceUs = largestSliceUs(room, periodUs);
      if (sliceUs > 0) expect(hasRoom(room, { periodUs, sliceUs })).toBe(true);
      if (sliceUs < periodUs) expect(hasRoom(room, { periodUs, sliceUs: sliceUs + 1 })).toBe(false);
    }),
    { seed: 6, numRuns: 500 },
  );
});

it('what is too much is too much by as much as it says', () => {
  fc.assert(
    fc.property(tasks, reserve, task, (others, reservedPpm, wanted) => {
      const excess = excessPpm(roomBeside(others, 1_000_000 - reservedPpm), wanted);
      expect(excess === 0).toBe(hasRoom(roomBeside(others, 1_000_000 - reservedPpm), wanted));
      expect(hasRoom(roomBeside(others, 1_000_000 - reservedPpm + excess), wanted)).toBe(true);
      if (excess > 0) expect(hasRoom(roomBeside(others, 1_000_000 - reservedPpm + excess - 1), wanted)).toBe(false);
    }),
    { seed: 7, numRuns: 500 },
  );
});
