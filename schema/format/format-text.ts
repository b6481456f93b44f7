import { type Document, isScalar } from 'yaml';
import type { Diagnostic, Range } from '../generated/types.js';
import { limited, sorted } from '../validate/diagnostic.js';
import { LineTable } from '../validate/line-table.js';
import { parseYaml } from '../validate/yaml-syntax.js';
import { YamlValue } from '../validate/yaml-value.js';
import { canonicalise } from './canonical-document.js';
import { isSameValue } from './same-value.js';
import { firstLost, type WrittenComment, writtenComments } from './written-comments.js';

export type Formatted =
  | { kind: 'formatted'; text: string }
  /** The text has mistakes of syntax. */
  | { kind: 'unreadable'; diagnostics: Diagnostic[] }
  /** The canonical form would lose something that stands at `range`. */
  | { kind: 'lossy'; range: Range; summary: string; detail: string };

/** Moving a comment may move another one; a few times more than was ever needed. */
const mostRounds = 6;

/**
 * The canonical form of a file of documents. Values and comments are those of the text, and formatting again changes nothing: this is
 * checked, not assumed.
 * @param path what diagnostics call the file
 */
export function formatText(path: string, text: string): Formatted {
  const written = readText(path, text.replaceAll('\r\n', '\n'));
  if (written.diagnostics.length > 0) return { kind: 'unreadable', diagnostics: limited(sorted(written.diagnostics)) };
  let current = written;
  for (let round = 0; round < mostRounds; round++) {
    const next = readText(path, canonical(current));
    const loss = lossBetween(written, next);
    if (loss) return loss;
    if (next.text === current.text) return { kind: 'formatted', text: next.text };
    current = next;
  }
  return lossy(written.lines.range(0, 1), 'This file has no form that stays the same when it is formatted again.');
}

interface ReadText {
  text: string;
  lines: LineTable;
  diagnostics: Diagnostic[];
  documents: Document[];
  /** Of documents that are not empty. */
  values: unknown[];
  comments: WrittenComment[];
}

function readText(path: string, text: string): ReadText {
  const lines = new LineTable(path, text);
  const { documents, diagnostics } = parseYaml(text, lines);
  const values = documents.map(({ node }) => new YamlValue(node, lines));
  const inValues = values.flatMap((each, place) => (documents[place]?.intact ? each.diagnostics : []));
  return {
    ...{ text, lines },
    diagnostics: [...diagnostics, ...inValues],
    documents: documents.map(({ node }) => node),
    values: values.map(({ value }) => value).filter((value) => value !== null),
    comments: writtenComments(text),
  };
}

function lossBetween(before: ReadText, after: ReadText): Formatted | undefined {
  if (after.diagnostics.length > 0 || !isSameValue(before.values, after.values))
    return lossy(before.lines.range(0, 1), 'The canonical form of this file would not say the same.');
  const lost = firstLost(before.comments, after.comments);
  if (lost === undefined) return undefined;
  const range = before.lines.range(lost.offset, lost.offset + lost.text.length);
  return lossy(range, 'The canonical form has no place for this comment.');
}

function lossy(range: Range, summary: string): Formatted {
  const detail = 'Put comments on lines of their own, above what they are about, and format again.';
  return { kind: 'lossy', range, summary, detail };
}

/** The text that the documents have in canonical form. */
function canonical({ documents, text }: ReadText): string {
  const kept = documents.filter((document) => !isEmpty(document));
  if (kept.length === 0) return commentsAlone(text);
  for (const document of documents) canonicalise(document, text);
  return kept
    .map((document, place) => {
      if (document.directives) {
        document.directives.docStart = place > 0 || null;
        document.directives.docEnd = kept[place + 1]?.directives?.yaml.explicit === true;
      }
      return document.toString({ indent: 2, lineWidth: 0 });
    })
    .join('');
}

function isEmpty({ contents, comment, commentBefore }: Document): boolean {
  const isNothing = contents === null || (isScalar(contents) && contents.value === null && !contents.comment);
  return isNothing && !comment && !commentBefore && !contents?.commentBefore;
}

function commentsAlone(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const told = lines.filter((line) => !/^(---|\.\.\.)?$/.test(line) || line === '').join('\n');
  return told === '' ? '' : `${told.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}
