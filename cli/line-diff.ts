/** Lines in common are looked for among at most so many pairs; larger parts count as replaced. */
const mostPairs = 4_000_000;
const context = 2;

type Line = { mark: ' ' | '-' | '+'; text: string };

/**
 * What changes from one text to another, line by line in the unified form, without the names of files.
 * @param most lines of the answer; what is beyond is counted
 */
export function lineDiff(before: string, after: string, most: number): string[] {
  const isEnded = before.endsWith('\n') && after.endsWith('\n');
  const linesOf = (text: string) => (isEnded ? text.slice(0, -1) : text).split('\n');
  const lines = compared(linesOf(before), linesOf(after));
  const isNear = lines.map((_, place) =>
    lines.slice(Math.max(0, place - context), place + context + 1).some(({ mark }) => mark !== ' '),
  );
  const shown: string[] = [];
  let place = { before: 1, after: 1 };
  for (const [index, { mark, text }] of lines.entries()) {
    if (isNear[index]) {
      if (!isNear[index - 1]) shown.push(`@@ -${place.before} +${place.after} @@`);
      shown.push(`${mark}${text}`);
    }
    place = { before: place.before + (mark === '+' ? 0 : 1), after: place.after + (mark === '-' ? 0 : 1) };
  }
  const beyond = shown.length - most;
  return beyond <= 0 ? shown : [...shown.slice(0, most), `(and ${beyond} more ${beyond === 1 ? 'line' : 'lines'})`];
}

function compared(before: readonly string[], after: readonly string[]): Line[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (text: string): Line => ({ mark: ' ', text });
  return [
    ...before.slice(0, head).map(same),
    ...aligned(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** Removed and added lines with as many lines in common between them as possible. */
function aligned(before: readonly string[], after: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ mark: '-', text });
  const added = (text: string): Line => ({ mark: '+', text });
  if (before.length * after.length > mostPairs) return [...before.map(removed), ...after.map(added)];
  const common = commonCounts(before, after);
  const width = after.length + 1;
  const lines: Line[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const [old = '', fresh = ''] = [before[i], after[j]];
    if (i < before.length && j < after.length && old === fresh) {
      lines.push({ mark: ' ', text: old });
      i++;
      j++;
    } else if (
      j >= after.length ||
      (i < before.length && count(common, (i + 1) * width + j) >= count(common, i * width + j + 1))
    ) {
      lines.push(removed(old));
      i++;
    } else {
      lines.push(added(fresh));
      j++;
    }
  }
  return lines;
}

/** At `i * (after.length + 1) + j`: lines that what is behind `i` and what is behind `j` have in common. */
function commonCounts(before: readonly string[], after: readonly string[]): Uint32Array {
  const width = after.length + 1;
  const counts = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const at = i * width + j;
      counts[at] =
        before[i] === after[j]
          ? count(counts, at + width + 1) + 1
          : Math.max(count(counts, at + width), count(counts, at + 1));
    }
  }
  return counts;
}

const count = (counts: Uint32Array, at: number): number => counts[at] ?? 0;
