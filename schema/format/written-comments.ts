import { Lexer } from 'yaml';

export interface WrittenComment {
  /** With its `#`, without blanks behind it. */
  text: string;
  /** Where it begins, in UTF-16 units. */
  offset: number;
}

/** What the lexer yields in front of the text of a scalar that is not quoted. */
const scalarMark = '\u001f';
const marks = new Set(['\u0002', '\u0018', scalarMark]);

/** All comments of a YAML text, in the order in which they are written. */
export function writtenComments(text: string): WrittenComment[] {
  const comments: WrittenComment[] = [];
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!isScalar && marks.has(lexeme)) {
      isScalar = lexeme === scalarMark;
      continue;
    }
    if (!isScalar && lexeme.startsWith('#')) comments.push({ text: lexeme.trimEnd(), offset });
    isScalar = false;
    offset += lexeme.length;
  }
  return comments;
}

/** The first comment of `before` that `after` lacks, or has less often; undefined if there is none. */
export function firstLost(
  before: readonly WrittenComment[],
  after: readonly WrittenComment[],
): WrittenComment | undefined {
  const left = new Map<string, number>();
  for (const { text } of after) left.set(text, (left.get(text) ?? 0) + 1);
  return before.find(({ text }) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count === 0;
  });
}
