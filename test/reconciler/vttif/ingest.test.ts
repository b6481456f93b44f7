import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeDemands } from '../../../reconciler/vttif/computes.js';
import { ingest } from '../../../reconciler/vttif/ingest.js';
import { forget, smooth } from '../../../reconciler/vttif/smooth.js';
import { type VttifState, vttifStart } from '../../../reconciler/vttif/state.js';
import type { HostObservation } from '../../../schema/generated/types.js';
import { observation } from './watched.js';

const windowMs = 10_000;
const start = vttifStart(windowMs);
const ingestAll = (list: readonly HostObservation[], from: VttifState = start) =>
  list.reduce((state, each) => ingest(state, each, each.atMs), from);
const rates = (state: VttifState, nowMs: number) =>
  smooth(state, nowMs, windowMs).rates.map(({ name, rateMbps }) => [name, Math.round(rateMbps * 1e6) / 1e6]);

/** A host whose pairs send unevenly and whose counters of some pairs restart or are not read at times. */
function told(seed: readonly number[]): HostObservation[] {
  const totals: Record<string, number> = {};
  return seed.map((value, second) => {
    for (const [index, pair] of ['1 2', '2 3', '3 1', '1 3'].entries()) {
      const sent = ((value >> (4 * index)) & 15) * 10_000;
      totals[pair] = (value >> (16 + index)) & 1 && second % 7 === 3 ? sent : (totals[pair] ?? 0) + sent;
    }
    const seen = Object.entries(totals).filter((_, index) => ((value >> (20 + index)) & 3) !== 3);
    return observation(second, second * 1000, Object.fromEntries(seen));
  });
}
const history = fc.array(fc.nat(2 ** 30), { minLength: 12, maxLength: 30 });

describe('observations', () => {
  test('in any order after the first, and in any number of copies, come to the same', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat(1000)), (seed, draw) => {
        const [first, ...others] = told(seed);
        if (first === undefined) return;
        const copies = others.flatMap((each) => (draw.next().value % 3 === 0 ? [each, each] : [each]));
        const shuffled = copies
          .map((each) => ({ each, key: draw.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const nowMs = seed.length * 1000;
        expect(rates(ingestAll([first, ...shuffled]), nowMs)).toEqual(rates(ingestAll([first, ...others]), nowMs));
      }),
      { seed: 43, numRuns: 200 },
    );
  });

  test('that are lost take no bytes with them while counters grow', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 11, maxLength: 11 }), fc.nat(2 ** 9), (sent, lost) => {
        let total = 0;
        const list = sent.map((each, second) => {
          total += each * 1000;
          return observation(second, second * 1000, { '1 2': total });
        });
        const kept = list.filter((_, second) => second === 0 || second === 10 || ((lost >> (second - 1)) & 1) === 0);
        expect(rates(ingestAll(kept), 10_000)).toEqual(rates(ingestAll(list), 10_000));
      }),
      { seed: 44, numRuns: 200 },
    );
  });

  test('that are forgotten leave the window as it is, and what is absent from a reading is still known later', () => {
    fc.assert(
      fc.property(history, (seed) => {
        const list = told(seed);
        const nowMs = seed.length * 1000;
        const [early, late] = [list.slice(0, -3), list.slice(-3)];
        const state = ingestAll(early);
        const hosts = forget(state.hosts, { nowMs, windowMs: windowMs - 3000, historyMs: windowMs - 3000 });
        expect(structuredClone(hosts)).toEqual(hosts);
        expect(hosts[0]?.readings.length).toBeLessThanOrEqual(9);
        const after = ingestAll(late, { ...state, hosts });
        expect(rates(after, nowMs)).toEqual(rates(ingestAll(list), nowMs));
      }),
      { seed: 45, numRuns: 200 },
    );
  });

  test('of a new epoch begin anew; what is late of the old one is refused', () => {
    const old = [0, 1, 2].map((second) => observation(second, second * 1000, { '1 2': second * 125_000 }));
    const next = [3, 4].map((second) =>
      observation(second - 3, second * 1000, { '1 2': (second - 3) * 250_000 }, { epoch: 'two' }),
    );
    const state = ingestAll([...old, ...next]);
    expect(rates(state, 4000)).toEqual(
      [[expect.any(String), (1 + 1 + 2) / 3]].map(([name, rate]) => [name, Math.round((rate as number) * 1e6) / 1e6]),
    );
    expect(ingest(state, observation(9, 9000, { '1 2': 9e9 }), 9000)).toBe(state);
  });

  test('after the agent’s clock was set, forth or back, count from there', () => {
    for (const jumpMs of [-3_600_000, 3_600_000]) {
      const before = [0, 1, 2].map((second) => observation(second, second * 1000, { '1 2': second * 125_000 }));
      let state = ingestAll(before);
      for (const second of [3, 4, 5]) {
        const seen = observation(second, second * 1000 + jumpMs, { '1 2': second * 125_000 });
        state = ingest(state, seen, second * 1000);
      }
      expect(rates(state, 5000)).toEqual([[expect.any(String), 1]]);
    }
  });
});

describe('compute demands', () => {
  const usage = (second: number, guests: Record<string, [number, number]>, host = 'host-1') => ({
    ...observation(second, second * 1000, {}, { host }),
    guests: Object.entries(guests).map(([guest, [cpuMs, waitMs]]) => ({ guest, cpuMs, waitMs })),
  });

  test('are averages over the window, with their deviation and the share of time spent waiting', () => {
    const list = Array.from({ length: 21 }, (_, second) =>
      usage(second, { 'vm-1': [90_000 + 500 * second, 100 * second] }),
    );
    expect(computeDemands(ingestAll(list))).toEqual([{ guest: 'vm-1', cores: 0.5, deviationCores: 0, waitShare: 0.1 }]);
    const uneven = Array.from({ length: 21 }, (_, second) =>
      usage(second, { 'vm-1': [1000 * Math.floor(second / 2), 0] }),
    );
    const [seen] = computeDemands(ingestAll(uneven));
    expect(seen?.cores).toBe(0.5);
    expect(seen?.deviationCores).toBeCloseTo(0.5 / 3, 2);
  });

  test('of a guest that comes, goes, restarts or moves are no bursts', () => {
    const moved = Array.from({ length: 11 }, (_, second) => [
      usage(second, second < 5 ? { 'vm-1': [50_000 + 1000 * second, 0] } : {}),
      usage(second, second < 5 ? {} : { 'vm-1': [1000 * (second - 5), 0] }, 'host-2'),
    ]).flat();
    expect(computeDemands(ingestAll(moved))[0]?.cores).toBeCloseTo(0.9, 9);
    const restarted = Array.from({ length: 11 }, (_, second) =>
      usage(second, { 'vm-1': [second < 5 ? 90_000 + 1000 * second : 70_000 + 1000 * second, 0] }),
    );
    expect(computeDemands(ingestAll(restarted))[0]?.cores).toBeCloseTo(0.9, 9);
  });

  test('are sorted, and none of guests that have left the window', () => {
    const list = Array.from({ length: 31 }, (_, second) =>
      usage(second, second < 10 ? { b: [second, 0], a: [0, 0] } : { a: [0, 0] }),
    );
    expect(computeDemands(ingestAll(list)).map(({ guest }) => guest)).toEqual(['a']);
  });
});
