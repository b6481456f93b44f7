import { describe, expect, it } from 'vitest';
import { AckMatcher } from '../../../agents/wren/ack-matcher.js';
import type { TimedPacket } from '../../../agents/wren/packet.js';

const segment = (matcher: AckMatcher, atNs: number, start: number, segments = 1) =>
  matcher.departure({
    atNs,
    start: start >>> 0,
    end: (start + segments * 1000) >>> 0,
    bytes: segments * 1052,
    segments,
    isAfterOthers: false,
  });
const ack = (matcher: AckMatcher, atNs: number, number: number): TimedPacket | undefined => {
  const packet = matcher.acknowledgement({ atNs, number: number >>> 0 });
  return packet && { ...packet };
};

describe('matches', () => {
  it('every second segment with the acknowledgement that covers it', () => {
    const matcher = new AckMatcher();
    for (let k = 0; k < 6; k += 1) segment(matcher, 100 + k, 5000 + k * 1000);
    expect(ack(matcher, 900, 7000)).toEqual({
      departureNs: 101,
      arrivalNs: 900,
      bytes: 2104,
      lastBytes: 1052,
      isAfterGap: true,
    });
    expect(ack(matcher, 950, 9000)).toMatchObject({ departureNs: 103, bytes: 2104, isAfterGap: false });
  });

  it('a stretched acknowledgement with all that it covers, and parts of an offloaded run', () => {
    const matcher = new AckMatcher();
    segment(matcher, 100, 0, 10);
    segment(matcher, 200, 10_000, 10);
    expect(ack(matcher, 900, 4000)).toMatchObject({ departureNs: 100, bytes: 4208, lastBytes: 4208 });
    expect(ack(matcher, 950, 14_000)).toMatchObject({ departureNs: 200, bytes: 10_520, lastBytes: 4208 });
    expect(ack(matcher, 960, 20_000)).toMatchObject({ departureNs: 200, bytes: 6312 });
  });

  it('across the wrap of sequence numbers', () => {
    const matcher = new AckMatcher();
    const start = 2 ** 32 - 3000;
    segment(matcher, 100, start, 2);
    segment(matcher, 200, start + 2000, 2);
    expect(ack(matcher, 900, start + 2000)).toMatchObject({ departureNs: 100, bytes: 2104 });
    expect(ack(matcher, 950, 1000)).toMatchObject({ departureNs: 200, bytes: 2104, isAfterGap: false });
  });
});

describe('leaves out', () => {
  it('what was sent again, and says that something is missing', () => {
    const matcher = new AckMatcher();
    for (let k = 0; k < 6; k += 1) segment(matcher, 100 + k, k * 1000);
    segment(matcher, 500, 2000);
    expect(ack(matcher, 900, 2000)).toMatchObject({ departureNs: 101 });
    expect(ack(matcher, 910, 4000)).toBeUndefined();
    expect(ack(matcher, 920, 6000)).toMatchObject({ departureNs: 105, isAfterGap: true });
  });

  it('a single segment, where every second one is acknowledged: a timer held it back', () => {
    const matcher = new AckMatcher();
    for (let k = 0; k < 7; k += 1) segment(matcher, 100 + k, k * 1000);
    ack(matcher, 900, 2000);
    ack(matcher, 910, 4000);
    ack(matcher, 920, 6000);
    expect(ack(matcher, 40_000_000, 7000)).toBeUndefined();
  });

  it('but not where each segment is acknowledged', () => {
    const matcher = new AckMatcher();
    let used = 0;
    for (let k = 0; k < 100; k += 1) {
      segment(matcher, 1000 * k, k * 1000);
      if (ack(matcher, 1000 * k + 900, (k + 1) * 1000)) used += 1;
    }
    expect(used).toBeGreaterThan(75);
  });

  it('duplicate and old acknowledgements', () => {
    const matcher = new AckMatcher();
    segment(matcher, 100, 0, 4);
    ack(matcher, 900, 2000);
    expect(ack(matcher, 901, 2000)).toBeUndefined();
    expect(ack(matcher, 902, 1000)).toBeUndefined();
    expect(ack(matcher, 903, 4000)).toMatchObject({ bytes: 2104, isAfterGap: false });
  });

  it('what was acknowledged while departures were not seen', () => {
    const matcher = new AckMatcher();
    segment(matcher, 100, 0, 2);
    expect(ack(matcher, 900, 8000)).toBeUndefined();
    segment(matcher, 1000, 8000, 2);
    expect(ack(matcher, 1900, 10_000)).toMatchObject({ departureNs: 1000, bytes: 2104, isAfterGap: true });
  });

  it('the oldest, when more is on its way than it remembers', () => {
    const matcher = new AckMatcher();
    for (let k = 0; k < 5000; k += 1) segment(matcher, k, k * 2000, 2);
    expect(ack(matcher, 1e6, 2000)).toBeUndefined();
    expect(ack(matcher, 2e6, 5000 * 2000)).toMatchObject({ departureNs: 4999, isAfterGap: true });
  });
});
