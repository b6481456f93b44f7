import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinimumDelay } from '../../../agents/wren/minimum-delay.js';

const [shortBits, fullBits, pairBits] = [800, 12_112, 24_224];
/** 10 Mb/s. */
const nsPerBit = 100;
const baseNs = 20e6;

function seen(...packets: { bits: number; queuedNs?: number; atNs?: number }[]): MinimumDelay {
  const delays = new MinimumDelay();
  for (const { bits, queuedNs = 0, atNs = 1e9 } of packets) delays.add(atNs, baseNs + bits * nsPerBit + queuedNs, bits);
  return delays;
}

describe('the delay of a packet without length', () => {
  it('is what is left of the smallest when the time of the packet itself is taken off', () => {
    const delays = seen({ bits: fullBits, queuedNs: 5e5 }, { bits: fullBits }, { bits: fullBits, queuedNs: 1e6 });
    expect(delays.withoutLengthNs(2e9, nsPerBit)).toBe(baseNs);
  });

  it('is told by packets of different lengths while the capacity is not known, or looks too low', () => {
    const delays = seen({ bits: shortBits }, { bits: fullBits }, { bits: pairBits, queuedNs: 2e5 });
    expect(delays.withoutLengthNs(2e9, Number.POSITIVE_INFINITY)).toBeCloseTo(baseNs, 0);
    expect(delays.withoutLengthNs(2e9, 1.6 * nsPerBit)).toBeCloseTo(baseNs, 0);
    const alike = seen({ bits: fullBits }, { bits: fullBits + 40 });
    expect(alike.withoutLengthNs(2e9, 1.6 * nsPerBit)).toBeLessThan(baseNs - 7e5);
  });

  it('is not told by short packets that have all waited', () => {
    const late = seen({ bits: shortBits, queuedNs: 4e6 }, { bits: fullBits });
    expect(late.withoutLengthNs(2e9, nsPerBit)).toBe(baseNs);
    const nearlyAsLate = seen({ bits: shortBits, queuedNs: 1.1e6 }, { bits: fullBits });
    expect(nearlyAsLate.withoutLengthNs(2e9, nsPerBit)).toBe(baseNs);
  });

  it('is unknown without packets, and remembers for a minute', () => {
    const delays = seen({ bits: fullBits }, { bits: fullBits, queuedNs: 2e6, atNs: 20e9 });
    expect(new MinimumDelay().withoutLengthNs(1e9, nsPerBit)).toBeUndefined();
    expect(delays.withoutLengthNs(21e9, nsPerBit)).toBe(baseNs);
    expect(delays.withoutLengthNs(70e9, nsPerBit)).toBe(baseNs + 2e6);
    expect(delays.withoutLengthNs(200e9, nsPerBit)).toBeUndefined();
  });

  it('is never less than it is where the capacity is not made too low, and never more than the smallest delay', () => {
    const packet = fc.record({
      bits: fc.integer({ min: 400, max: 30_000 }),
      queuedNs: fc.integer({ min: 0, max: 10_000_000 }),
      atNs: fc.integer({ min: 1, max: 50 }).map((seconds) => seconds * 1e9),
    });
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 40 }), (packets) => {
        const delays = seen(...packets.toSorted((a, b) => a.atNs - b.atNs));
        const found = delays.withoutLengthNs(51e9, nsPerBit) ?? Number.NaN;
        expect(found).toBeGreaterThan(baseNs - 1);
        const smallest = Math.min(...packets.map(({ bits, queuedNs }) => baseNs + bits * nsPerBit + queuedNs));
        expect(found).toBeLessThanOrEqual(smallest);
      }),
    );
  });
});
