import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairName } from '../../../reconciler/model/pair.js';
import { ingest } from '../../../reconciler/vttif/ingest.js';
import { forget, smooth } from '../../../reconciler/vttif/smooth.js';
import { disturb, type VttifState, vttifStart } from '../../../reconciler/vttif/state.js';
import { nameOf, observation } from './watched.js';

const windowMs = 10_000;
/** Bytes that make a rate over a time. */
const bytes = (mbps: number, seconds: number) => mbps * seconds * 125_000;
const rateOf = (state: VttifState, nowMs: number, pair = '1 2') =>
  smooth(state, nowMs, windowMs).rates.find((rate) => pairName(rate) === nameOf(pair))?.rateMbps;

/** A host that reads its counters each second and whose only pair sends `rates[i]` in second i. */
function reports(
  state: VttifState,
  rates: readonly number[],
  { host = 'host-1', startMs = 0, delayMs = 0 } = {},
): VttifState {
  let total = 0;
  let next = ingest(state, observation(1, startMs, {}, { host }), startMs + delayMs);
  rates.forEach((rate, i) => {
    total += bytes(rate, 1);
    const atMs = startMs + 1000 * (i + 1);
    next = ingest(next, observation(i + 2, atMs, { '1 2': total }, { host }), atMs + delayMs);
  });
  return next;
}
const start = vttifStart(windowMs);
const times = (count: number, rate: number) => Array.from({ length: count }, () => rate);

describe('smoothed matrix', () => {
  test('averages over the sliding window, and over what is covered before it is full', () => {
    const ramp = [...times(5, 0), ...times(10, 10), ...times(5, 30)];
    expect(rateOf(reports(start, ramp.slice(0, 6)), 6000)).toBeCloseTo(10 / 6, 9);
    expect(rateOf(reports(start, ramp.slice(0, 12)), 12_000)).toBeCloseTo(7, 9);
    expect(rateOf(reports(start, ramp), 20_000)).toBeCloseTo(20, 9);
    expect(smooth(reports(start, times(9, 1)), 9000, windowMs).filled).toBe(false);
    expect(smooth(reports(start, times(10, 1)), 10_000, windowMs).filled).toBe(true);
  });

  test('a sample that reaches out of the window counts for the part inside', () => {
    const readings = [observation(1, 0, {}), observation(2, 8000, { '1 2': bytes(8, 8) })];
    const last = observation(3, 16_000, { '1 2': bytes(8, 8) + bytes(1, 8) });
    const state = [...readings, last].reduce((each, next) => ingest(each, next, next.atMs), start);
    expect(rateOf(state, 16_000)).toBeCloseTo((8 * 2 + 1 * 8) / 10, 9);
  });

  test('a pair that is counted on two hosts, because its source moved, is counted once in all', () => {
    const before = reports(start, [...times(4, 10), ...times(6, 0)], { host: 'host-1' });
    const both = reports(before, [...times(4, 0), ...times(6, 10)], { host: 'host-2' });
    expect(rateOf(both, 10_000)).toBeCloseTo(10, 9);
  });

  test('a silent host is stale, not idle: its rates are held for three windows', () => {
    const state = reports(start, times(10, 5));
    expect(rateOf(state, 10_000 + 3 * windowMs)).toBeCloseTo(5, 9);
    expect(rateOf(state, 10_001 + 3 * windowMs)).toBeUndefined();
    expect(smooth(state, 10_000 + 3 * windowMs, windowMs)).toEqual(
      smooth(
        { ...state, hosts: forget(state.hosts, { nowMs: 10_000 + 3 * windowMs, windowMs, historyMs: 0 }) },
        10_000 + 3 * windowMs,
        windowMs,
      ),
    );
  });

  test('a disturbance starts the window again; samples that reach over it are dropped', () => {
    const disturbed = disturb(reports(start, times(10, 5)), 10_500);
    let state = ingest(disturbed, observation(12, 11_000, { '1 2': bytes(55, 1) }), 11_000);
    state = ingest(state, observation(13, 12_000, { '1 2': bytes(57, 1) }), 12_000);
    expect(smooth(state, 12_000, windowMs).filled).toBe(false);
    expect(rateOf(state, 12_000)).toBeCloseTo(2, 9);
    expect(smooth(state, 20_499, windowMs).filled).toBe(false);
    expect(smooth(state, 20_500, windowMs).filled).toBe(true);
  });

  test('after a disturbance the matrix is not whole while a host that counts has not been heard', () => {
    const disturbed = disturb(reports(start, times(10, 5)), 10_000);
    expect(rateOf(disturbed, 12_000)).toBeCloseTo(5, 9);
    expect(smooth(disturbed, 25_000, windowMs).filled).toBe(false);
    expect(smooth(disturbed, 40_001, windowMs)).toEqual({ rates: [], filled: true });
    const silent = new Set(['host-1']);
    expect(smooth(disturbed, 20_000, windowMs, undefined, silent)).toEqual({ rates: [], filled: true });
  });

  test('messages that were held up are placed by the agent’s clock, not by their arrival', () => {
    const state = disturb(reports(start, times(10, 5), { startMs: 7_000_000 }), 7_010_900);
    const late = ingest(state, observation(12, 7_011_000, { '1 2': bytes(90, 1) }), 7_013_000);
    const clean = ingest(late, observation(13, 7_012_000, { '1 2': bytes(93, 1) }), 7_013_000);
    expect(rateOf(clean, 7_013_000)).toBeCloseTo(3, 6);
  });

  test('clocks need not agree', () => {
    for (const delayMs of [-5e9, 0, 400, 5e9]) {
      const state = disturb(reports(start, times(10, 5), { delayMs }), 10_000 + delayMs);
      const next = ingest(state, observation(12, 11_000, { '1 2': bytes(56, 1) }), 11_000 + delayMs);
      expect(rateOf(next, 11_000 + delayMs)).toBeCloseTo(6, 6);
    }
  });

  test('broadcast and multicast are no demand', () => {
    const group = (destination: string, total: number) => ({
      ...observation(total + 1, total * 1000, {}),
      matrix: [{ network: 'net', source: '02:00:00:00:00:01', destination, bytes: total, packets: 1 }],
    });
    for (const address of ['ff:ff:ff:ff:ff:ff', '33:33:00:00:00:01', '01:00:5e:00:00:fb']) {
      const state = ingest(ingest(start, group(address, 0), 0), group(address, 1), 1000);
      expect(smooth(state, 1000, windowMs).rates).toEqual([]);
    }
  });

  test('lost, doubled and swapped observations leave a steady rate as it is, and the state a plain value', () => {
    const arrivals = fc.array(fc.record({ second: fc.nat(30), waitMs: fc.nat(200) }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(arrivals, (messages) => {
        const state = messages.reduce((each, { second, waitMs }) => {
          const told = observation(second, second * 1000, { '1 2': bytes(4, second + 1) });
          return ingest(each, told, 30_000 + waitMs);
        }, start);
        expect(structuredClone(state)).toEqual(state);
        for (const { rateMbps } of smooth(state, 30_000, windowMs).rates) expect(rateMbps).toBeCloseTo(4, 9);
        const seconds = messages.map(({ second }) => second);
        const advanced = seconds.some((second) => second > (seconds[0] ?? 0));
        expect(smooth(state, 30_000, windowMs).rates).toHaveLength(advanced ? 1 : 0);
      }),
      { seed: 8, numRuns: 200 },
    );
  });
});
