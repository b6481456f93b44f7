import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { describeLab } from '../../environment.js';
import { PureCore } from './pure-core.js';

const periods = fc.integer({ min: 200_000, max: 1e12 });
const times = fc.integer({ min: -1e14, max: 1e14 });

/** Circular distance. */
const apart = (a: number, b: number, period: number): number => {
  const rest = (((a - b) % period) + period) % period;
  return Math.min(rest, period - rest);
};

describeLab('phases in the core', ['clang', 'linux'], () => {
  let core: PureCore;

  beforeAll(() => {
    core = new PureCore();
  }, 60_000);

  it('are followed by at most a 64th of a period each time, the shorter way, until they are met exactly', () => {
    fc.assert(
      fc.property(periods, times, times, (period, start, phase) => {
        let at = start;
        for (let count = 0; count < 34; count += 1) {
          const next = core.phaseFollowed(at, phase, period);
          expect(Math.abs(next - at)).toBeLessThanOrEqual(period / 64);
          expect(apart(next, phase, period)).toBeLessThanOrEqual(apart(at, phase, period));
          at = next;
        }
        expect(apart(at, phase, period)).toBe(0);
      }),
      { seed: 64, numRuns: 300 },
    );
  });

  it('that move by less than an eighth of the period do not cut the present one', () => {
    fc.assert(
      fc.property(periods, times, times, (period, a, b) => {
        expect(core.phaseIsNear(a, b, period)).toBe(apart(a, b, period) <= Math.floor(period / 8));
      }),
      { seed: 65, numRuns: 1000 },
    );
  });
});
