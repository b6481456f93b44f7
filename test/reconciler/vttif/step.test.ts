import { describe, expect, test } from 'vitest';
import { relativeChange } from '../../../reconciler/vttif/difference.js';
import { changeBoundMs, smoothingInterval } from '../../../reconciler/vttif/interval.js';
import { disturb, vttifStart } from '../../../reconciler/vttif/state.js';
import { step, traffic } from '../../../reconciler/vttif/step.js';
import { free, parameters, Watched } from './watched.js';

describe('change detection', () => {
  test('first traffic is declared once it has lasted a whole window beyond the first full one', () => {
    const watched = new Watched().run(60, { '1 2': 5 });
    // Samples begin with the second reading, at 1 s; the window is full at 11 s and the change has persisted at 21 s.
    expect(watched.declaredAt).toEqual([21_000]);
  });

  test('nothing is declared when nothing happens', () => {
    expect(new Watched().run(100, {}).declaredAt).toEqual([]);
  });

  test('a change must persist: a burst shorter than the window is no change', () => {
    const watched = new Watched().run(30, { '1 2': 10 }).run(3, { '1 2': 30 }).run(60, { '1 2': 10 });
    expect(watched.declaredAt).toHaveLength(1);
  });

  test('one that persists is declared, a small one is not', () => {
    expect(new Watched().run(30, { '1 2': 10 }).run(60, { '1 2': 20 }).declaredAt.length).toBeGreaterThan(1);
    expect(new Watched().run(30, { '1 2': 10 }).run(60, { '1 2': 12 }).declaredAt).toHaveLength(1);
  });

  test('the end of all traffic is a change', () => {
    const watched = new Watched().run(30, { '1 2': 10 }).run(60, {});
    expect(watched.declared()).toEqual({});
    expect(watched.declaredAt.at(-1)).toBeGreaterThan(30_000);
  });

  test('after a declaration none follows while it settles', () => {
    const settling = new Watched({ settleMs: 100_000 }).run(30, { '1 2': 10 }).run(150, { '3 4': 10 });
    expect(settling.declaredAt).toEqual([21_000, 121_000]);
  });

  test('a disturbance starts persistence again, of which the window that begins then is part', () => {
    const watched = new Watched().run(20, { '1 2': 5 });
    watched.state = disturb(watched.state, watched.nowMs);
    watched.run(60, { '1 2': 5 });
    expect(watched.declaredAt).toEqual([30_000]);
  });

  test('what changes only once half of the window after a disturbance is over has to persist for a window from then on', () => {
    const watched = new Watched().run(25, { '1 2': 5 });
    watched.state = disturb(watched.state, watched.nowMs);
    watched.run(6, { '1 2': 5 }).run(60, { '1 2': 50 });
    expect(watched.declaredAt[0]).toBe(21_000);
    expect(watched.declaredAt[1]).toBe(42_000);
    expect(watched.declared()['1 2']?.[0]).toBeCloseTo(50, 6);
  });

  test('relative change compares with the larger of both matrices', () => {
    const entry = (source: string, rateMbps: number) => ({ network: 'net', source, destination: 'x', rateMbps });
    expect(relativeChange([], [])).toBe(0);
    expect(relativeChange([], [entry('a', 5)])).toBe(1);
    expect(relativeChange([entry('a', 8), entry('b', 2)], [entry('a', 8), entry('c', 2)])).toBe(0.4);
    expect(relativeChange([entry('a', 10)], [entry('a', 5)])).toBe(0.5);
  });
});

describe('intervals', () => {
  test('are not shorter than VNET needs to change its topology, nor than two samples', () => {
    expect(changeBoundMs({ setUpMs: 0, switchMs: 0 })).toBe(0);
    expect(changeBoundMs({ setUpMs: 5000, switchMs: 3 })).toBe(10_060);
    expect(smoothingInterval(parameters, 9000)).toBe(10_000);
    expect(smoothingInterval(parameters, 15_000)).toBe(15_000);
    expect(smoothingInterval({ ...parameters, samplingIntervalMs: 8000 }, 0)).toBe(16_000);
  });
});

describe('traffic', () => {
  test('before anything was declared is empty and names the window', () => {
    expect(traffic(vttifStart(7000))).toEqual({
      declaredAtMs: null,
      smoothingIntervalMs: 7000,
      demands: [],
      applications: [],
      computes: [],
    });
  });

  test('tells since when the application has looked another', () => {
    const watched = new Watched().run(25, { '1 2': 5 });
    expect(traffic(watched.state)).not.toHaveProperty('changingSinceMs');
    watched.run(8, { '1 2': 50 });
    expect(traffic(watched.state)).toMatchObject({ declaredAtMs: 21_000, changingSinceMs: 26_000 });
    watched.run(8, { '1 2': 50 });
    expect(traffic(watched.state)).not.toHaveProperty('changingSinceMs');
  });

  test('may be another than was declared until a whole window has been seen after a change of the fleet', () => {
    const watched = new Watched().run(25, { '1 2': 5 });
    watched.state = disturb(watched.state, watched.nowMs);
    expect(traffic(watched.state)).toMatchObject({ changingSinceMs: 25_000 });
    expect(traffic(watched.run(9, { '1 2': 5 }).state)).toHaveProperty('changingSinceMs');
    expect(traffic(watched.run(2, { '1 2': 5 }).state)).not.toHaveProperty('changingSinceMs');
    expect(traffic(disturb(vttifStart(7000), 5))).not.toHaveProperty('changingSinceMs');
  });

  test('is as declared, sorted by pair, with rates to three decimals', () => {
    const watched = new Watched().run(25, { '2 1': 10 / 3, '1 2': 5, '1 10': 0.00001, '1 3': 2 });
    const { declaredAtMs, smoothingIntervalMs, demands } = traffic(watched.state);
    expect([declaredAtMs, smoothingIntervalMs]).toEqual([21_000, 10_000]);
    expect(demands.map(({ source, destination, rateMbps }) => [source.at(-1), destination.at(-1), rateMbps])).toEqual([
      ['1', '2', 5],
      ['1', '3', 2],
      ['2', '1', 3.333],
    ]);
  });

  test('what follows from a copy of the state is the same', () => {
    const watched = new Watched().run(25, { '1 2': 5, '2 3': 1 });
    const options = { nowMs: 26_000, parameters, boundMs: 0, saturated: free };
    expect(step(structuredClone(watched.state), options)).toEqual(step(watched.state, options));
  });
});
