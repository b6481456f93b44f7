import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff, backoffMs } from '../../reconciler/backoff.js';

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('the wait after failures', () => {
  it('doubles from a second up to a minute, and chance takes off half of it at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), share, (failures, random) => {
        const wholeMs = Math.min(1000 * 2 ** (failures - 1), 60_000);
        const ms = backoffMs(failures, random);
        expect(ms).toBeGreaterThanOrEqual(wholeMs / 2);
        expect(ms).toBeLessThanOrEqual(wholeMs);
      }),
    );
  });

  it('differs with chance', () => {
    expect(new Set([0, 0.25, 0.5, 0.75].map((random) => backoffMs(4, random)))).toEqual(
      new Set([8000, 7000, 6000, 5000]),
    );
  });
});

describe('a host that fails', () => {
  const failing = (times: number) => {
    const backoff = new Backoff(() => 0);
    backoff.follow('commit-1');
    for (let time = 0; time < times; time++) backoff.failed('host-1', 'run 1', 0);
    return backoff;
  };

  it('rests by itself, longer each time, until it has converged', () => {
    const backoff = failing(3);
    expect(backoff.resting(0)).toEqual([{ host: 'host-1', failures: 3, untilMs: 4000 }]);
    expect(backoff.isResting('host-1', 'run 1', 3999)).toBe(true);
    expect(backoff.isResting('host-1', 'run 1', 4000)).toBe(false);
    expect(backoff.isResting('host-2', 'run 1', 0)).toBe(false);
    backoff.converged('host-1');
    expect(backoff.resting(0)).toEqual([]);
  });

  it('is tried at once by another commit, and when its agent was started anew', () => {
    const backoff = failing(1);
    expect(backoff.isResting('host-1', 'run 2', 0)).toBe(false);
    backoff.follow('commit-1');
    expect(backoff.isResting('host-1', 'run 1', 0)).toBe(true);
    backoff.follow('commit-2');
    expect(backoff.isResting('host-1', 'run 1', 0)).toBe(false);
  });

  it('has the next pass come when it may be tried again; without one, passes that fail wait longer and longer', () => {
    expect(failing(3).passEnded('partial', 1000)).toBe(3000);
    const backoff = new Backoff(() => 0);
    expect([1, 2, 3].map(() => backoff.passEnded('partial', 0))).toEqual([1000, 2000, 4000]);
    backoff.passEnded('applied', 0);
    expect(backoff.passEnded('partial', 0)).toBe(1000);
  });
});
