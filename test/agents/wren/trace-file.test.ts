import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimedPacket } from '../../../agents/wren/packet.js';
import { readTrace, type TracePath, TraceWriter } from '../../../agents/wren/trace-file.js';

const path: TracePath = { peer: 'berlin', direction: 'from-peer', method: 'two-sided' };

function read(bytes: Uint8Array) {
  const paths: TracePath[] = [];
  const packets: (TimedPacket & { path: number })[] = [];
  const fault = readTrace(bytes, {
    path: (found) => paths.push(found),
    packet: (number, packet) => packets.push({ path: number, ...packet }),
  });
  return { paths, packets, fault };
}

const packet: fc.Arbitrary<TimedPacket> = fc
  .record({
    departureNs: fc.integer({ min: -1e15, max: 1e15 }),
    arrivalNs: fc.integer({ min: 0, max: 1e15 }),
    bytes: fc.integer({ min: 0, max: 70_000 }),
    lastParts: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    isAfterGap: fc.boolean(),
    isAfterLoss: fc.boolean(),
  })
  .map(({ lastParts, ...each }) =>
    lastParts === undefined ? each : { ...each, lastBytes: Math.floor((each.bytes * lastParts) / 3) },
  );

function written(packets: TimedPacket[], names = true): Uint8Array {
  const writer = new TraceWriter({ names });
  const paths = [writer.path(path), writer.path({ peer: 'oslo', direction: 'to-peer', method: 'one-sided' })];
  packets.forEach((each, i) => {
    writer.packet(paths[i % 2] as number, each);
  });
  return writer.take();
}

it('gives back what was written, from the first arrival on', () => {
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 50 }), (packets) => {
      const origin = (packets[0] as TimedPacket).arrivalNs;
      const found = read(written(packets));
      expect(found.fault).toBeUndefined();
      expect(found.paths).toEqual([path, { peer: 'oslo', direction: 'to-peer', method: 'one-sided' }]);
      expect(found.packets).toEqual(
        packets.map((each, i) => ({
          ...each,
          lastBytes: each.lastBytes ?? each.bytes,
          path: i % 2,
          departureNs: each.departureNs - origin,
          arrivalNs: each.arrivalNs - origin,
        })),
      );
    }),
    { seed: 4, numRuns: 200 },
  );
});

it('leaves names out unless they are asked for', () => {
  const bytes = written([], false);
  expect(read(bytes).paths.map(({ peer }) => peer)).toEqual(['peer-1', 'peer-2']);
  expect(new TextDecoder().decode(bytes)).not.toContain('berlin');
});

describe('a trace that is not one', () => {
  const good = written([{ departureNs: 5, arrivalNs: 9, bytes: 1500, isAfterGap: true }]);

  it.each([
    ['nothing', new Uint8Array(), 0, /does not begin with VWRENTRC/],
    ['text', new TextEncoder().encode('{"packets": []}'), 0, /does not begin with VWRENTRC/],
    ['a later version', Uint8Array.of(...good.subarray(0, 8), 4), 8, /version 4; this program reads version 3/],
    ['no version', good.subarray(0, 8), 8, /version none/],
    ['an unknown record', Uint8Array.of(...good.subarray(0, 9), 9), 9, /9 is not the number of a kind of record/],
    ['a packet of no path', Uint8Array.of(...good.subarray(0, 9), 2, 0, 0, 0, 0), 9, /path 0, which was not begun/],
    [
      'a number without end',
      Uint8Array.of(...good.subarray(0, 9), ...Array(20).fill(255)),
      9,
      /not the number of a kind/,
    ],
    ['a peer that is no name', Uint8Array.of(...good.subarray(0, 9), 1, 0, 0, 1, 0x2f), 9, /not the name of a host/],
  ])('is refused with the place: %s', (_, bytes, offset, message) => {
    expect(read(bytes).fault).toEqual({ offset, message: expect.stringMatching(message) });
  });

  it('is read up to where it is cut off', () => {
    for (let length = 10; length < good.length; length += 1) {
      const { fault, packets } = read(good.subarray(0, length));
      expect(packets).toEqual([]);
      if (fault) expect(fault.offset).toBeGreaterThanOrEqual(9);
    }
  });

  it('never does more than to give a fault, whatever is in it', () => {
    const base = written(
      Array.from({ length: 20 }, (_, i) => ({ departureNs: i, arrivalNs: 2 * i, bytes: 99, isAfterGap: false })),
    );
    const change = fc.tuple(fc.nat({ max: base.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 20 }),
        fc.uint8Array({ maxLength: 40 }),
        (changes, rest) => {
          const bytes = Uint8Array.of(...base, ...rest);
          for (const [at, value] of changes) bytes[at] = value;
          const { fault, packets } = read(bytes);
          if (fault) expect(fault.offset).toBeLessThanOrEqual(bytes.length);
          for (const { departureNs, arrivalNs, bytes: size } of packets)
            expect([departureNs, arrivalNs, size].every(Number.isSafeInteger)).toBe(true);
        },
      ),
      { seed: 4, numRuns: 1000 },
    );
  });
});
