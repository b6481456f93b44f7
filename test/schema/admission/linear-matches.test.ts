import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearMatches, patternFault } from '../../../schema/admission/linear-matches.js';

describe('patterns of rules', () => {
  it('find what a regular expression finds, for all that both can say', () => {
    const part = fc.constantFrom('a', 'b', '.', '[ab]', '(a|b)', 'a*', 'b+', '(ab)?', 'a{1,3}', '^', '$');
    const patterns = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    const property = fc.property(patterns, text, (pattern, input) => {
      expect(linearMatches(input, pattern)).toBe(new RegExp(pattern).test(input));
    });
    fc.assert(property, { seed: 7, numRuns: 1000 });
  });

  it('take no longer for patterns that a backtracking engine never comes to an end with', () => {
    expect(linearMatches(`${'a'.repeat(20_000)}!`, '^(a+)+$')).toBe(false);
    expect(linearMatches('a'.repeat(200), `^${'a?'.repeat(60)}${'a'.repeat(60)}$`)).toBe(false);
  });

  it.each([
    ['(?=a)', /invalid|unsupported/],
    ['(', /missing/],
    ['a'.repeat(257), /257 characters/],
    ['((a{100}){100}){100}', /multiply/],
  ])('refuse %s', (pattern, why) => {
    expect(patternFault(pattern)).toMatch(why);
    expect(() => linearMatches('a', pattern)).toThrow('the pattern is not taken');
  });

  it('take names with counted parts', () => {
    expect(patternFault('^[a-z]{1,63}\\.[a-z]{1,63}$')).toBeNull();
  });

  it('are not sought in texts without end', () => {
    expect(() => linearMatches('a'.repeat(70_000), 'b')).toThrow('65536 characters');
  });
});
