import { describe, expect, it } from 'vitest';
import { gangSkewUs } from '../../../reconciler/vsched/clock-skew.js';
import { isOffBeyondTolerance } from '../../../reconciler/vsched/clock-tolerance.js';

const ahead: Record<string, number> = { a: 0, b: 500, c: -300 };
const within = (us: number) => (from: string, to: string) => {
  const truly = (ahead[to] ?? 0) - (ahead[from] ?? 0);
  return { leastUs: truly - us, mostUs: truly + us };
};

describe('how far apart periods begin on hosts', () => {
  it('is nothing on one host, whatever is known', () => {
    expect(gangSkewUs(['a'], { between: () => null, taken: () => null })).toBe(0);
  });

  it('is what is not known of the clocks, and what hosts take theirs wrongly for', () => {
    const hosts = ['a', 'b', 'c'];
    expect(gangSkewUs(hosts, { between: within(40), taken: (host) => ahead[host] ?? null })).toBe(40);
    expect(
      gangSkewUs(hosts, { between: within(40), taken: (host) => (host === 'c' ? 0 : (ahead[host] ?? null)) }),
    ).toBe(340);
    expect(gangSkewUs(hosts, { between: within(40), taken: () => 0 })).toBe(840);
  });

  it('is not known when one clock is not', () => {
    const between = (from: string, to: string) => (to === 'c' ? null : within(1)(from, to));
    expect(gangSkewUs(['a', 'b', 'c'], { between, taken: () => 0 })).toBeNull();
    expect(gangSkewUs(['a', 'b'], { between, taken: (host) => (host === 'b' ? null : 0) })).toBeNull();
  });
});

describe('a host is told anew', () => {
  const now = { aheadUs: 1000, boundUs: 400, driftPpm: 0, atUs: 0, realtimeAheadUs: 0 };

  it('what nobody has told it, or when its clock is another', () => {
    expect(isOffBeyondTolerance(now, undefined, null)).toBe(true);
    expect(isOffBeyondTolerance(now, now, null)).toBe(true);
  });

  it('when it is off by more than a quarter of the bound, or that is another', () => {
    expect(isOffBeyondTolerance(now, now, 1099)).toBe(false);
    expect(isOffBeyondTolerance(now, now, 899)).toBe(true);
    expect(isOffBeyondTolerance(now, { ...now, boundUs: 900 }, 1000)).toBe(true);
    expect(isOffBeyondTolerance({ ...now, boundUs: 30 }, { ...now, boundUs: 30 }, 1019)).toBe(false);
  });
});
