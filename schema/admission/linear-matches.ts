import { RE2JS } from '@bufbuild/re2';

const longestPattern = 256;
/** Longest pattern times all its counted repetitions: what it might grow to. */
const largestPattern = 250_000;
const longestText = 65_536;
const mostKept = 100;

const compiled = new Map<string, RE2JS>();

/** What is wrong with a pattern; null when it can be matched in linear time. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > longestPattern) return `it has ${pattern.length} characters, and ${longestPattern} are allowed`;
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) => Number(most || least));
  const size = counts.reduce((product, count) => product * Math.max(1, count), pattern.length);
  if (size > largestPattern) return 'its repetitions multiply to too much';
  try {
    compile(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether the pattern, of RE2, is found in the text, in time linear in its length. */
export function linearMatches(text: string, pattern: string): boolean {
  const fault = patternFault(pattern);
  if (fault !== null) throw new Error(`the pattern is not taken: ${fault}`);
  if (text.length > longestText) throw new Error(`a text of more than ${longestText} characters is not matched`);
  return compile(pattern).test(text);
}

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = RE2JS.compile(pattern);
  if (compiled.size >= mostKept) compiled.clear();
  compiled.set(pattern, made);
  return made;
}
