import { expect, it } from 'vitest';
import { recordKind } from '../../../agents/vnet/layout.js';
import { ArrivedPackets } from '../../../agents/wren/arrived-packets.js';
import type { TraceRecord } from '../../../agents/wren/trace-ring.js';

/** Whether each packet is taken to come after a gap, and after a loss. */
function gaps(records: Partial<TraceRecord>[]): [boolean, boolean | undefined][] {
  const found: [boolean, boolean | undefined][] = [];
  const packets = new ArrivedPackets(({ isAfterGap, isAfterLoss }) => found.push([isAfterGap, isAfterLoss]));
  const usual = { kind: recordKind.arrival, bytes: 1500, segments: 1, link: 1, header: 0, flow: 0, isAfterGap: false };
  records.forEach((record, index) => {
    packets.take({ ...usual, number: 1, atNs: 1e9 + index * 1e5, mark: index * 100, ...record });
  });
  return found;
}

it('takes numbers that are missing for losses', () => {
  expect(gaps([{ number: 6 }, { number: 7 }, { number: 1 }, { number: 3 }])).toEqual([
    [true, false],
    [false, false],
    [false, false],
    [true, true],
  ]);
});

it('takes neither a keep-alive for a loss, nor what comes after it, unless a number is missing', () => {
  const pulse = { kind: recordKind.pulse, number: 0 };
  expect(gaps([{ number: 1 }, pulse, { number: 2 }, { number: 3 }]).slice(1)).toEqual([
    [true, false],
    [true, false],
    [false, false],
  ]);
  expect(gaps([{ number: 1 }, pulse, { number: 3 }]).at(-1)).toEqual([true, true]);
});

it('takes nothing for a loss that was just not captured', () => {
  expect(gaps([{ number: 1 }, { number: 4, isAfterGap: true }]).at(-1)).toEqual([true, false]);
});
