import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../cli/line-diff.js';

const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe('the difference of two texts', () => {
  it('shows changed lines with two lines around them, and where they are', () => {
    const before = lines(1, 20).join('\n');
    const after = before.replace('line 5', 'line five').replace('line 18\n', '');
    expect(lineDiff(before, after, 99)).toEqual([
      '@@ -3 +3 @@',
      ...[' line 3', ' line 4', '-line 5', '+line five', ' line 6', ' line 7'],
      '@@ -16 +16 @@',
      ...[' line 16', ' line 17', '-line 18', ' line 19', ' line 20'],
    ]);
  });

  it('is empty for equal texts, and cut where it is long', () => {
    expect(lineDiff('a\nb', 'a\nb', 9)).toEqual([]);
    expect(lineDiff('', lines(1, 9).join('\n'), 4)).toEqual([
      '@@ -1 +1 @@',
      '-',
      '+line 1',
      '+line 2',
      '(and 7 more lines)',
    ]);
  });

  it('leads from one to the other, keeping what they have in common', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const shown = lineDiff(before.join('\n'), after.join('\n'), 1000).filter((line) => !line.startsWith('@@'));
        const far = before.length - shown.filter((line) => !line.startsWith('+')).length;
        const kept = shown.filter((line) => line.startsWith(' ')).length;
        expect(kept + far).toBe(longestCommon(before, after));
        const removed = shown.filter((line) => line.startsWith('-')).length;
        const added = shown.filter((line) => line.startsWith('+')).length;
        expect(before.length - removed + added).toBe(after.length);
      }),
    );
  });

  it('does not take long for long texts that have nothing in common', () => {
    const shown = lineDiff(lines(1, 20_000).join('\n'), lines(30_001, 50_000).join('\n'), 5);
    expect(shown.at(-1)).toBe('(and 39996 more lines)');
  });
});

/** Length of the longest common subsequence, told in the simplest way. */
function longestCommon(
  [a, ...as]: readonly string[],
  [b, ...bs]: readonly string[],
  known = new Map<string, number>(),
): number {
  if (a === undefined || b === undefined) return 0;
  const key = `${as.length} ${bs.length}`;
  const found =
    known.get(key) ??
    (a === b
      ? 1 + longestCommon(as, bs, known)
      : Math.max(longestCommon(as, [b, ...bs], known), longestCommon([a, ...as], bs, known)));
  known.set(key, found);
  return found;
}
