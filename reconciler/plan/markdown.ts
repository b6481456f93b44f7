const longestCell = 400;

/** A table; of rows beyond `limit` the number is told. `align` is the ruler, columns at the left when left out. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { limit, align, longest = longestCell, all = allInPlan }: TableOptions,
): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => escaped(cell, longest)).join(' | ')} |`;
  const ruler = `|${align ?? head.map(() => ':--').join('|')}|`;
  return [line(head), ruler, ...rows.slice(0, limit).map(line)].join('\n') + leftOut(rows.length, limit, all);
}

export interface TableOptions {
  limit: number;
  align?: string;
  /** Most characters of a cell. */
  longest?: number;
  /** What has the rows that are left out. */
  all?: string;
}

const allInPlan = 'the plan as JSON';

/** One line of a list for each item, as `write` has it in Markdown; of items beyond `limit` the number is told. */
export function list<T>(items: readonly T[], write: (item: T) => string, limit: number, all = allInPlan): string {
  return items.slice(0, limit).map(write).join('\n') + leftOut(items.length, limit, all);
}

function leftOut(count: number, limit: number, all: string): string {
  return count > limit ? `\n\n*${count - limit} more are left out here for length; ${all} has all ${count}.*` : '';
}

/** Something to be opened by who wants it, with how much it is; nothing where it is empty. */
export function folded(title: string, count: number, body: string): string {
  return count === 0 ? '' : `<details><summary>${title} (${count})</summary>\n\n${body}\n\n</details>`;
}

/** Is not shown, and keeps what stands before it and behind it from being read as one. */
const joiner = '\u2060';

/**
 * Others' words on one line, as Markdown that says just that: no markup, no HTML, no link, nobody mentioned, no issue referred to. Services
 * look for names and addresses in what is rendered already, where no backslash helps: there, what they look for is broken up.
 */
export function escaped(text: string, longest = longestCell): string {
  const start = text.slice(0, 8 * longest); // the rest would be cut anyway
  const line = [...start.replace(/\s+/gu, ' ')];
  const isWhole = start.length === text.length && line.length <= longest;
  const short = isWhole ? line.join('') : `${line.slice(0, longest).join('')}…`;
  return short
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => `{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/([@#!$%&^~])(?=[\p{L}\p{N}_"'{-])/gu, `$1${joiner}`)
    .replace(/:(?=\/\/)/g, `:${joiner}`)
    .replace(/\b(www)\./gi, `$1${joiner}.`)
    .replace(/\b(GH)-(?=\d)/gi, `$1${joiner}-`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|#~]/g, '\\$&');
}
