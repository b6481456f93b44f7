import { describe, expect, test } from 'vitest';
import { pairAt, ratesOf } from '../../../reconciler/vttif/rates.js';
import { credible } from '../../../reconciler/vttif/testimony.js';

const rate = (source: string, destination: string, rateMbps: number) => ({
  network: 'net',
  source,
  destination,
  rateMbps,
});
/** Each VM on the host of its name. */
const direct = ({ source, destination }: { source: string; destination: string }) => [source, destination];
const links = (sent: Record<string, number>, received: Record<string, number>) => ({
  sent: new Map(Object.entries(sent)),
  received: new Map(Object.entries(received)),
});
const matrix = [rate('a', 'b', 50), rate('a', 'c', 30), rate('b', 'a', 50)];
const believed = (
  testimony: ReturnType<typeof links>,
  pathOf: (pair: { source: string; destination: string }) => string[] | null = direct,
) => {
  const rates = ratesOf(matrix);
  return [...credible(rates, (place) => pathOf(pairAt(rates, place)), testimony).rateMbps];
};

describe('what leaves a host', () => {
  test('is as its matrix says, if either end of its links agrees', () => {
    expect(believed(links({ a: 85, b: 52 }, { a: 84, b: 51 }))).toEqual([50, 30, 50]);
    // Its own counters are false; those of its peers are not.
    expect(believed(links({ a: 240, b: 50 }, { a: 80, b: 50 }))).toEqual([50, 30, 50]);
    expect(believed(links({ a: 80, b: 50 }, { a: 240, b: 10 }))).toEqual([50, 30, 50]);
  });

  test('is what both ends of its links say together against its matrix', () => {
    expect(believed(links({ a: 16, b: 50 }, { a: 16, b: 50 }))).toEqual([10, 6, 50]);
    expect(believed(links({ a: 400, b: 50 }, { a: 440, b: 50 }))).toEqual([250, 150, 50]);
  });

  test('is as its matrix says while the others are not heard, or nearly agree', () => {
    expect(believed(links({}, {}))).toEqual([50, 30, 50]);
    expect(believed(links({ a: 16 }, {}))).toEqual([50, 30, 50]);
    expect(believed(links({ a: 45, b: 90 }, { a: 44, b: 95 }))).toEqual([50, 30, 50]);
  });

  test('does not tell anything about a host that forwards for others, nor about frames that do not leave', () => {
    const overA = ({ source, destination }: { source: string; destination: string }) =>
      source === 'b' ? ['b', 'a', 'c'] : [source, destination];
    expect(believed(links({ a: 16, b: 50 }, { a: 16, b: 50 }), overA)).toEqual([50, 30, 50]);
    expect(believed(links({ a: 16, b: 50 }, { a: 16, b: 50 }), ({ source }) => [source])).toEqual([50, 30, 50]);
    expect(believed(links({ a: 16, b: 50 }, { a: 16, b: 50 }), () => null)).toEqual([50, 30, 50]);
  });
});
