import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TimedPacket } from '../../../agents/wren/packet.js';
import { PathEstimator, type WindowEstimate } from '../../../agents/wren/path-estimator.js';
import { simulatePath } from './simulated-path.js';

function expectSound(estimate: WindowEstimate): void {
  const { mbps, lowMbps, highMbps } = estimate.available;
  expect(lowMbps).toBeGreaterThanOrEqual(0);
  expect(Number.isFinite(highMbps)).toBe(true);
  expect(lowMbps).toBeLessThanOrEqual(mbps ?? highMbps);
  expect(mbps ?? lowMbps).toBeLessThanOrEqual(highMbps);
  if (estimate.capacityMbps !== undefined) expect(estimate.capacityMbps).toBeGreaterThan(0);
  expect(estimate.busyShare).toBeGreaterThanOrEqual(0);
  expect(estimate.busyShare).toBeLessThanOrEqual(1);
}

it('is sound whatever comes: reordered, at once, coalesced, after gaps, with clocks apart', () => {
  const step = fc.record({
    departing: fc.oneof(fc.constant(0), fc.integer({ min: -1e6, max: 5e6 }), fc.integer({ min: 0, max: 2e9 })),
    arriving: fc.oneof(fc.constant(0), fc.integer({ min: -1e5, max: 5e6 }), fc.integer({ min: 0, max: 2e9 })),
    bytes: fc.integer({ min: 40, max: 65_535 }),
    isAfterGap: fc.boolean(),
    repeats: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom('one-sided' as const, 'two-sided' as const),
      fc.integer({ min: -1e14, max: 1e14 }),
      fc.array(step, { maxLength: 60 }),
      (sides, offsetNs, steps) => {
        const estimator = new PathEstimator(sides);
        const packet = { departureNs: 1e14, arrivalNs: 1e14 + offsetNs, bytes: 0, isAfterGap: true };
        for (const { departing, arriving, bytes, isAfterGap, repeats } of steps)
          for (let k = 0; k < repeats; k += 1) {
            packet.departureNs += departing;
            packet.arrivalNs += arriving;
            packet.bytes = bytes;
            packet.isAfterGap = isAfterGap;
            estimator.packet(packet);
          }
        const estimate = estimator.estimate(packet.arrivalNs);
        expect(estimate === undefined).toBe(steps.length === 0);
        if (estimate) expectSound(estimate);
      },
    ),
    { seed: 4, numRuns: 300 },
  );
});

const trace = simulatePath({
  seed: 5,
  seconds: 9,
  delayMs: 10,
  hops: [{ capacityMbps: 50, cross: { kind: 'poisson', share: 0.4 } }],
  sender: { control: 'window', windowSegments: 256, messageBytes: [1e4, 1e6], meanPauseMs: 50 },
});

function played(change: (packet: TimedPacket) => TimedPacket): WindowEstimate {
  const estimator = new PathEstimator('one-sided');
  let newestNs = 0;
  for (const packet of trace.packets) {
    const changed = change(packet);
    newestNs = changed.arrivalNs;
    estimator.packet(changed);
  }
  return estimator.estimate(newestNs) as WindowEstimate;
}

it('does not depend on the difference of the clocks', () => {
  const plain = played((packet) => packet);
  const shifted = played((packet) => ({ ...packet, departureNs: packet.departureNs + 123_456_789_012 }));
  expect(plain.available.mbps).toBeGreaterThan(25);
  expect(shifted.available).toEqual(plain.available);
  expect((shifted.minimumDelayNs as number) - (plain.minimumDelayNs as number)).toBeCloseTo(-123_456_789_012, 0);
});

it('follows the size of packets: twice the bytes are twice the rates', () => {
  const plain = played((packet) => packet);
  const double = played((packet) => ({ ...packet, bytes: 2 * packet.bytes }));
  expect((double.capacityMbps as number) / (plain.capacityMbps as number)).toBeCloseTo(2, 2);
  expect((double.available.mbps as number) / (plain.available.mbps as number)).toBeCloseTo(2, 1);
});

it('takes gaps in what was captured', () => {
  let k = 0;
  const spans = trace.packets.flatMap((packet) => {
    k += 1;
    const phase = k % 1000;
    return phase >= 600 ? [] : [{ ...packet, isAfterGap: phase === 0 }];
  });
  const estimator = new PathEstimator('two-sided');
  for (const packet of spans) estimator.packet(packet);
  const estimate = estimator.estimate(spans.at(-1)?.arrivalNs ?? 0);
  expect(Math.abs((estimate?.available.mbps ?? 0) / 30 - 1)).toBeLessThan(0.12);
});
