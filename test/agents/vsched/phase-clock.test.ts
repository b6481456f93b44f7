import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aheadUs, PhaseClock } from '../../../agents/vsched/phase-clock.js';
import type { Schedule } from '../../../agents/vsched/scheduler-backend.js';
import type { HostClock } from '../../../schema/generated/types.js';
import { phaseToleranceUs } from '../../../schema/phase.js';

const clock: HostClock = { aheadUs: 700, boundUs: 50, driftPpm: 40, atUs: 1e9, realtimeAheadUs: 1e15 };
const schedule = (phaseUs: number, periodUs = 50_000): Schedule => {
  return { periodUs, sliceUs: 1000, mode: 'strict', phaseUs };
};

/** A host that was told of its clock when that showed 1e9 us. */
function told(change: Partial<HostClock> = {}) {
  const now = { monotonicUs: 1e9, realtimeAheadUs: 1e15 };
  const phases = new PhaseClock(() => now);
  phases.follow({ ...clock, ...change });
  const phaseOf = (each: Schedule) => phases.own([{ vm: 'a', schedule: each }])[0]?.schedule.phaseUs;
  return { now, phases, phaseOf };
}

describe('phases on the own clock of a host', () => {
  it('are what they were told where nobody knows the clock', () => {
    const phases = new PhaseClock(() => ({ monotonicUs: 5, realtimeAheadUs: 6 }));
    const shares = [
      { vm: 'a', schedule: schedule(123) },
      { vm: 'b', schedule: { periodUs: 1000, sliceUs: 100, mode: 'strict' as const } },
    ];
    expect(phases.own(shares)).toEqual(shares);
    expect(phases.isOff()).toBe(false);
  });

  it('are later by as much as the clock is ahead, and begin again with the period', () => {
    expect(told().phaseOf(schedule(0))).toBe(700);
    expect(told().phaseOf(schedule(49_500))).toBe(200);
    expect(told({ aheadUs: -700 }).phaseOf(schedule(100))).toBe(49_400);
  });

  it('follow the drift in steps, none of them larger than it has to be', () => {
    const { now, phases, phaseOf } = told();
    phaseOf(schedule(0));
    const steps: number[] = [];
    let before = 700;
    for (let second = 1; second <= 60; second += 1) {
      now.monotonicUs += 1e6;
      if (!phases.isOff()) continue;
      const after = phaseOf(schedule(0)) ?? Number.NaN;
      steps.push(after - before);
      before = after;
      expect(phases.isOff()).toBe(false);
    }
    expect(before).toBeCloseTo(700 + 40 * 60, -1.8);
    expect(Math.max(...steps)).toBeLessThanOrEqual(phaseToleranceUs(50_000) + 40);
  });

  it('stay at the same instants when somebody sets the clock', () => {
    const { now, phases, phaseOf } = told({ driftPpm: 0 });
    phaseOf(schedule(0));
    now.realtimeAheadUs += 3_000_010_000;
    expect(phases.isOff()).toBe(true);
    expect(phaseOf(schedule(0))).toBe(10_700);
  });

  it('are off by no more than the tolerance, whatever clock there is', () => {
    const clocks = fc.record({
      aheadUs: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      boundUs: fc.constant(1),
      driftPpm: fc.double({ min: -500, max: 500, noNaN: true }),
      atUs: fc.double({ min: 0, max: 2e9, noNaN: true }),
      realtimeAheadUs: fc.double({ min: 9e14, max: 1e15, noNaN: true }),
    });
    const periods = fc.integer({ min: 200, max: 1e9 });
    fc.assert(
      fc.property(fc.array(clocks, { minLength: 1, maxLength: 5 }), periods, fc.nat(), (all, periodUs, phase) => {
        const { now, phases, phaseOf } = told();
        for (const each of all) {
          phases.follow(each);
          const own = phaseOf(schedule(phase % periodUs, periodUs)) ?? Number.NaN;
          expect(own).toBeGreaterThanOrEqual(0);
          expect(own).toBeLessThan(periodUs);
          const off = Math.abs(own - (phase % periodUs) - aheadUs(each, now)) % periodUs;
          expect(Math.min(off, periodUs - off)).toBeLessThanOrEqual(phaseToleranceUs(periodUs) + 0.51);
        }
      }),
      { seed: 62, numRuns: 300 },
    );
  });
});
