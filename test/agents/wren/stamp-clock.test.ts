import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StampClock } from '../../../agents/wren/stamp-clock.js';

const wrapNs = 1_048_576_000;
const stampUs = (ns: number) => Math.floor(ns / 1000) % 2 ** 20;

it('gives true departures when both ends have one clock', () => {
  const clock = new StampClock();
  for (let sentNs = 7e15; sentNs < 7e15 + 2e10; sentNs += 3.7e7) {
    const departureNs = clock.departureNs(stampUs(sentNs), sentNs + 2.5e7);
    expect(Math.abs(departureNs - sentNs)).toBeLessThan(1000);
  }
});

it('keeps differences true over drift, idle times and queues, whatever the clocks', () => {
  const step = fc.record({
    idleNs: fc.oneof(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 0, max: 4e11 })),
    queuedNs: fc.integer({ min: 0, max: 1e7 }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: -1e15, max: 1e15 }),
      fc.integer({ min: -50, max: 50 }),
      fc.array(step, { minLength: 2, maxLength: 60 }),
      (offsetNs, driftPpm, steps) => {
        const clock = new StampClock();
        let sentNs = 2e15;
        let first: number | undefined;
        let drainedNs = 0;
        for (const { idleNs, queuedNs } of steps) {
          sentNs += idleNs;
          // A queue drains while nothing comes, and nobody overtakes.
          drainedNs = Math.max(sentNs, drainedNs) + (idleNs < 1e7 ? queuedNs : 0);
          const arrivalNs = Math.round(drainedNs + (sentNs - 2e15) * (driftPpm / 1e6)) + offsetNs;
          const error = clock.departureNs(stampUs(sentNs), arrivalNs) - sentNs;
          first ??= Math.round(error / wrapNs);
          // Off by one number of whole wraps for ever.
          expect(Math.abs(error - first * wrapNs)).toBeLessThan(1000);
        }
      },
    ),
    { seed: 4, numRuns: 300 },
  );
});
