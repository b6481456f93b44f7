import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, type Groups } from '../../../reconciler/pass/regression.js';

const groups: Groups = { changed: new Set(['a']), beside: new Set(['b']), elsewhere: new Set(['c']) };
const part = (a: number, b: number, c: number) =>
  new Map([
    ['a', a],
    ['b', b],
    ['c', c],
  ]);
const rate = fc.double({ min: 1, max: 1000, noNaN: true });
const rates = fc.tuple(rate, rate, rate);
const steady = (values: readonly [number, number, number], factor = 1) =>
  Array.from({ length: 4 }, () => part(values[0] * factor, values[1] * factor, values[2] * factor));
const check = (property: fc.IProperty<unknown[]> | fc.IRawProperty<unknown>) =>
  fc.assert(property as fc.IRawProperty<unknown>, { seed: 7, numRuns: 500 });
const isWorse = (before: Map<string, number>[], after: Map<string, number>[], margin = 0.1) =>
  compare({ before, after }, groups, margin).isRegression;

describe('compare', () => {
  it('finds no regression where all goes as before, more, or everywhere less alike', () => {
    check(
      fc.property(rates, fc.double({ min: 0.1, max: 3, noNaN: true }), (values, factor) => {
        const trendIsKnown = values[2] >= 0.1 * (values[0] + values[1]);
        return (factor < 1 && !trendIsKnown) || !isWorse(steady(values), steady(values, factor));
      }),
    );
  });

  it('finds a loss of what was changed alone, beyond the margin, and never with a margin of 1', () => {
    check(
      fc.property(rates, fc.double({ min: 0.2, max: 0.95, noNaN: true }), (values, lost) => {
        const after = steady([values[0] * (1 - lost), values[1], values[2]]);
        return isWorse(steady(values), after) && !isWorse(steady(values), after, 1);
      }),
    );
  });

  it('does not count what others beside gain as a loss, nor what fell in the middle of either time', () => {
    check(
      fc.property(rates, (values) => {
        const [a, b, c] = values;
        const [full, none] = [part(a, b, c), part(0, b, c)];
        return (
          !isWorse(steady(values), steady([a / 2, b + a, c])) &&
          !isWorse([full, full, none, none], [none, none, none, none]) &&
          !isWorse([full, full, full, full], [full, full, none, none])
        );
      }),
    );
  });

  it('seldom takes noise for a loss', () => {
    const noisy = fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 8, maxLength: 8 });
    const drawn = fc.sample(noisy, { seed: 7, numRuns: 5000 });
    const wrong = drawn.filter((factors) => {
      const parts = factors.map((factor) => part(100 * factor, 0, 0));
      return isWorse(parts.slice(0, 4), parts.slice(4));
    });
    expect(wrong.length).toBeLessThan(0.01 * drawn.length);
  });
});
