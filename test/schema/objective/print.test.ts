import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../../../schema/objective/parse.js';
import { print } from '../../../schema/objective/print.js';
import type { Syntax } from '../../../schema/objective/syntax.js';
import { drawFrom } from '../../generators/draw.js';
import { randomExpression } from '../../generators/expression.js';

/** A tree without the places where its parts are written. */
function unplaced(syntax: Syntax): unknown {
  return JSON.parse(
    JSON.stringify(syntax, (key, value) => (['start', 'end', 'nameEnd'].includes(key) ? undefined : value)),
  );
}

describe('print', () => {
  it('writes what reads as the same tree', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('edge' as const, 'path' as const), (seed, level) => {
        const syntax = randomExpression(drawFrom(seed), level);
        const text = print(syntax);
        fc.pre(text.length <= 1000);
        const read = parse(text);
        expect(read.faults).toEqual([]);
        expect(unplaced(read.syntax)).toEqual(unplaced(syntax));
        expect(print(read.syntax)).toBe(text);
      }),
      { seed: 1, numRuns: 5000 },
    );
  });

  it.each([
    ['((a)) + (b + c) * d', 'a + (b + c) * d'],
    ['a - (b - c) - d', 'a - (b - c) - d'],
    ['(a / b) / (c * d)', 'a / b / (c * d)'],
    ['-(a + b) * -c', '-(a + b) * -c'],
    ['max( 1.50Mbps,2e3 , f(x))', 'max(1.5Mbps, 2000, f(x))'],
  ])('writes %s as %s', (written, printed) => {
    const { syntax, faults } = parse(written);
    expect(faults).toEqual([]);
    expect(print(syntax)).toBe(printed);
  });
});
