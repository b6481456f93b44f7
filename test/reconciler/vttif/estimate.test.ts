import { describe, expect, test } from 'vitest';
import { estimate, listedDemands } from '../../../reconciler/vttif/estimate.js';
import { emptyTable, never, unknown } from '../../../reconciler/vttif/pair-table.js';
import { ratesOf } from '../../../reconciler/vttif/rates.js';
import { disturb } from '../../../reconciler/vttif/state.js';
import { free, heldBack, nameOf, Watched } from './watched.js';

const only = (...pairs: string[]) => heldBack(() => new Set(pairs.map(nameOf)));
const known = ({ state }: Watched, column: 'growth' | 'freeMbps' | 'heldBackAtMs') =>
  state.pairs[column][state.pairs.names.indexOf(nameOf('1 2'))];

describe('demands behind a saturated path', () => {
  test('a rate that nothing holds back is what it is', () => {
    expect(new Watched().run(25, { '1 2': 30 }).declared()).toEqual({ '1 2': [30, 'observed'] });
  });

  test('one that is held back is raised, twofold each window, sixteenfold at most', () => {
    const watched = new Watched();
    const seen = [21, 10, 10, 10, 10, 30].map((seconds) => {
      watched.run(seconds, { '1 2': 3 }, only('1 2'));
      return [known(watched, 'growth'), ...(watched.declared()['1 2'] ?? [])];
    });
    // Declared a window later, when it has persisted: by then it has grown again.
    expect(seen).toEqual([
      [2, 6, 'at-least'],
      [4, 6, 'at-least'],
      [8, 24, 'at-least'],
      [16, 24, 'at-least'],
      [16, 48, 'at-least'],
      [16, 48, 'at-least'],
    ]);
  });

  test('one that is held back belongs to the application from the first, however much more others send', () => {
    const watched = new Watched().run(22, { '1 2': 3, '3 4': 100 }, only('1 2'));
    expect(watched.declared()).toEqual({ '1 2': [12, 'at-least'], '3 4': [100, 'observed'] });
  });

  test('one that is held back in single samples is held back, though its path is half empty on average', () => {
    const brief = heldBack(
      (rates, share) =>
        new Set(share !== undefined && rates.some(({ rateMbps }) => rateMbps > 9) ? [nameOf('1 2')] : []),
    );
    const watched = new Watched();
    for (let second = 0; second < 30; second += 3) watched.run(1, { '1 2': 10 }, brief).run(2, { '1 2': 0 }, brief);
    expect(watched.declared()['1 2']?.[1]).toBe('at-least');
  });

  test('it is remembered from when nothing held it back, for as long as it goes on', () => {
    const watched = new Watched().run(40, { '1 2': 30, '3 4': 1 }).run(40, { '1 2': 3, '3 4': 30 }, only('1 2'));
    expect(watched.declared()).toEqual({ '1 2': [30, 'remembered'], '3 4': [30, 'observed'] });
    watched.run(1200, { '1 2': 3, '3 4': 30 }, only('1 2')).run(60, { '1 2': 3, '3 4': 90 }, only('1 2'));
    expect(watched.declared()).toEqual({ '1 2': [30, 'remembered'], '3 4': [90, 'observed'] });
  });

  test('what is remembered is forgotten after ten quiet minutes', () => {
    const originAfter = (quietSeconds: number) =>
      new Watched()
        .run(40, { '1 2': 30, '3 4': 9 })
        .run(quietSeconds, { '3 4': 9 })
        .run(30, { '1 2': 3, '3 4': 9 }, only('1 2'))
        .declared()['1 2']?.[1];
    expect(originAfter(500)).toBe('remembered');
    expect(originAfter(700)).toBe('at-least');
  });

  test('a pair that gets clearly more than is remembered wants more', () => {
    const watched = new Watched().run(40, { '1 2': 10 }).run(60, { '1 2': 15 }, only('1 2'));
    expect(watched.declared()['1 2']).toEqual([60, 'at-least']);
  });

  test('a trickle where much is remembered is not the same flow held back', () => {
    const watched = new Watched().run(40, { '1 2': 30, '3 4': 1 }).run(40, { '1 2': 0.001, '3 4': 1 }, only('1 2'));
    expect(watched.declared()).toEqual({ '3 4': [1, 'observed'] });
  });

  test('beyond fourfold, no pair is presumed heavier than the heaviest that was seen unhindered', () => {
    const seen = (heaviest: number) =>
      new Watched().run(120, { '1 2': 3, '3 4': heaviest }, only('1 2')).declared()['1 2']?.[0];
    expect(seen(22)).toBe(22);
    expect(seen(4)).toBe(12);
    expect(seen(100)).toBe(48);
  });

  test('a flow that begins to fill its path is not remembered by its beginning', () => {
    const watched = new Watched().run(20, { '3 4': 100 });
    watched.run(
      60,
      { '1 2': 10, '3 4': 100 },
      heldBack((rates) => new Set(rates.some(({ rateMbps }) => rateMbps >= 8 && rateMbps < 99) ? [nameOf('1 2')] : [])),
    );
    expect(known(watched, 'freeMbps')).toBe(unknown);
    expect(watched.declared()['1 2']?.[1]).toBe('at-least');
  });

  test('while the window still averages over a saturated time, a rate is a lower bound', () => {
    const watched = new Watched().run(60, { '1 2': 3 }, only('1 2')).run(1, { '1 2': 50 }, free);
    expect(known(watched, 'growth')).toBe(16);
    watched.run(10, { '1 2': 50 }, free);
    expect([known(watched, 'growth'), known(watched, 'heldBackAtMs')]).toEqual([1, never]);
  });

  test('a disturbance keeps what is known, and how far a demand has been raised', () => {
    const watched = new Watched().run(40, { '1 2': 3 }, only('1 2'));
    const growth = known(watched, 'growth') ?? 0;
    expect(growth).toBeGreaterThan(1);
    watched.state = disturb(watched.state, watched.nowMs);
    watched.run(11, { '1 2': 3 }, only('1 2'));
    expect(known(watched, 'growth')).toBe(2 * growth);
  });

  test('a disturbance makes a rate remembered at which nothing has held the pair back for half a window', () => {
    const knownAfter = (seconds: number) => {
      const watched = new Watched().run(20, {});
      watched.state = disturb(watched.state, watched.nowMs);
      watched.run(seconds, { '1 2': 3 });
      watched.state = disturb(watched.state, watched.nowMs);
      return known(watched, 'freeMbps');
    };
    expect(knownAfter(11)).toBeCloseTo(3, 6);
    expect(knownAfter(9)).toBe(unknown);
  });

  test('arguments are left as they are', () => {
    const options = { nowMs: 5, windowMs: 10 };
    const rates = ratesOf([{ network: 'net', source: 'a', destination: 'b', rateMbps: 2 }]);
    const first = estimate(emptyTable(), rates, Uint8Array.of(0), options);
    const copy = structuredClone(first.pairs);
    estimate(first.pairs, rates, Uint8Array.of(1), options);
    expect(first.pairs).toEqual(copy);
    expect(listedDemands(first.demands)).toMatchObject([{ rateMbps: 2, origin: 'observed' }]);
  });
});
