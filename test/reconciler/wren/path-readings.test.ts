import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencyMs } from '../../../reconciler/wren/path-latency.js';
import { PathReadings, type PathSides } from '../../../reconciler/wren/path-readings.js';
import type { HostObservation, PathEstimate } from '../../../schema/generated/types.js';

const clocks: Record<string, number> = { a: 5_000_000, b: -70_000, c: 0 };

/** A path estimate as `host` tells it on its own clock, `ageMs` after its newest packet. */
function told(
  host: string,
  sequence: number,
  paths: Partial<PathEstimate>[],
  { epoch = 'one', ageMs = 100 } = {},
): HostObservation {
  const atMs = sequence * 1000 + (clocks[host] ?? 0);
  const full = paths.map(
    (path): PathEstimate => ({
      peer: 'b',
      direction: 'from-peer',
      method: 'two-sided',
      atMs: atMs - ageMs,
      available: { mbps: 50, lowMbps: 48, highMbps: 52 },
      packets: 100,
      ...path,
    }),
  );
  return { host, epoch, sequence, atMs, matrix: [], links: [], guests: [], drops: [], paths: full };
}

function learnt(...observations: HostObservation[]): PathReadings {
  const readings = new PathReadings();
  for (const each of observations) readings.ingest(each, each.sequence * 1000 + 20);
  return readings;
}

const sides = (readings: PathReadings, from: string, to: string): PathSides | undefined =>
  readings.sides().find((each) => each.from === from && each.to === to);
const estimate = (mbps: number) => ({ available: { mbps, lowMbps: 0.9 * mbps, highMbps: 1.1 * mbps } });

describe('path readings', () => {
  it('name a path by where packets go, and put times on one clock', () => {
    const readings = learnt(
      told('a', 3, [{ peer: 'b', direction: 'from-peer' }]),
      told('a', 4, [{ peer: 'b', direction: 'to-peer', method: 'one-sided' }]),
    );
    expect(sides(readings, 'b', 'a')).toMatchObject({ twoSided: { atMs: 2920 }, oneSided: null });
    expect(sides(readings, 'a', 'b')).toMatchObject({ twoSided: null, oneSided: { atMs: 3920, availableMbps: 50 } });
  });

  it('are not changed by what is late, told twice, or of a life that has ended', () => {
    const readings = learnt(told('a', 5, [estimate(50)]), told('a', 4, [estimate(40)]), told('a', 5, [estimate(45)]));
    expect(sides(readings, 'b', 'a')?.twoSided?.availableMbps).toBe(50);
    readings.ingest(told('a', 1, [estimate(60)], { epoch: 'two' }), 6000);
    readings.ingest(told('a', 9, [estimate(70)]), 9000);
    expect(sides(readings, 'b', 'a')?.twoSided?.availableMbps).toBe(60);
  });

  it('forget hosts that are not in the inventory', () => {
    const readings = learnt(told('a', 1, [{ peer: 'b' }, { peer: 'nobody' }]));
    readings.keep(new Set(['a', 'b']));
    expect(readings.sides().map(({ from }) => from)).toEqual(['b']);
  });

  it('count and bound what cannot be', () => {
    const readings = learnt(
      told('a', 1, [
        { peer: 'a' },
        { peer: 'b', capacityMbps: 100, available: { mbps: 500, lowMbps: 400, highMbps: 600 } },
        { peer: 'c', capacityMbps: 1e9, available: { mbps: 1, lowMbps: 3, highMbps: 2 } },
        { peer: 'd', atMs: -1e12 },
        { peer: 'e', available: { mbps: 9, lowMbps: 1, highMbps: 2 } },
        { peer: 'f', atMs: 1e13 },
      ]),
    );
    expect(readings.implausible()).toEqual([{ host: 'a', figures: 7 }]);
    expect(sides(readings, 'a', 'a')).toBeUndefined();
    expect(sides(readings, 'b', 'a')?.twoSided).toMatchObject({ availableMbps: null, lowMbps: 0, highMbps: 100 });
    expect(sides(readings, 'c', 'a')?.twoSided).toMatchObject({ availableMbps: null, lowMbps: 2, capacityMbps: null });
    expect(sides(readings, 'd', 'a')).toBeUndefined();
    expect(sides(readings, 'e', 'a')?.twoSided?.availableMbps).toBeNull();
    expect(sides(readings, 'f', 'a')?.twoSided?.atMs).toBe(1020);
  });

  it('are within bounds whatever is told', () => {
    const mbps = fc.double({ min: 0, max: 1e12, noNaN: true });
    const figures = fc.record({ mbps: fc.option(mbps), low: mbps, high: mbps, capacity: fc.option(mbps) });
    fc.assert(
      fc.property(figures, ({ mbps: estimated, low, high, capacity }) => {
        const available = { lowMbps: low, highMbps: high, ...(estimated === null ? {} : { mbps: estimated }) };
        const readings = learnt(told('a', 1, [{ available, ...(capacity ? { capacityMbps: capacity } : {}) }]));
        const reading = sides(readings, 'b', 'a')?.twoSided;
        if (!reading) throw new Error('the reading is gone');
        expect(reading.lowMbps).toBeLessThanOrEqual(reading.highMbps);
        expect(reading.highMbps).toBeLessThanOrEqual(reading.capacityMbps ?? 1e6);
        const stated = reading.availableMbps ?? reading.lowMbps;
        expect(stated).toBeGreaterThanOrEqual(reading.lowMbps);
        expect(stated).toBeLessThanOrEqual(reading.highMbps);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

describe('latency', () => {
  const delay = (host: string, peer: string, minimumDelayMs: number, method: PathEstimate['method'] = 'two-sided') =>
    told(host, 1, [{ peer, direction: method === 'two-sided' ? 'from-peer' : 'to-peer', method, minimumDelayMs }]);
  const of = (readings: PathReadings, from: string, to: string): number | null => {
    const there = sides(readings, from, to);
    if (!there) throw new Error(`nothing of ${from} to ${to}`);
    return latencyMs(there, sides(readings, to, from));
  };

  it('is half of both one-way delays, whatever the clocks say', () => {
    const readings = learnt(delay('a', 'b', 1e9 + 7), delay('b', 'a', -1e9 + 5));
    expect(of(readings, 'a', 'b')).toBe(6);
    expect(of(readings, 'b', 'a')).toBe(6);
  });

  it('is half of what was measured there and back, or unknown', () => {
    expect(of(learnt(delay('a', 'b', 9, 'one-sided')), 'a', 'b')).toBe(4.5);
    expect(of(learnt(delay('a', 'b', 1e9)), 'b', 'a')).toBeNull();
  });

  it('is the same whatever multiples of the stamps’ wrap are in the delays', () => {
    for (const wraps of [-3, -1, 0, 1, 2])
      expect(of(learnt(delay('a', 'b', 7 + wraps * 1048.576), delay('b', 'a', 5)), 'a', 'b')).toBeCloseTo(6, 9);
    expect(of(learnt(delay('a', 'b', 3), delay('b', 'a', -4)), 'a', 'b')).toBe(0);
  });

  it('takes no delay from before a host was started again', () => {
    const readings = learnt(delay('a', 'b', 107), delay('b', 'a', -95));
    readings.ingest(told('a', 1, [], { epoch: 'two' }), 2000);
    expect(of(readings, 'a', 'b')).toBeNull();
  });
});
