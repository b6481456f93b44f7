import { Composer, type CST, type Document, isCollection, isScalar, Lexer, Parser, visit, type YAMLError } from 'yaml';
import type { Diagnostic } from '../generated/types.js';
import { broken, maxDiagnostics } from './diagnostic.js';
import type { LineTable } from './line-table.js';
import type { RuleId } from './rules.js';

const maxDepth = 32;
const maxDocuments = 1000;

export interface YamlDocument {
  node: Document;
  /** Whether its structure is what was written; otherwise values in it may be in the wrong place. */
  intact: boolean;
}

export interface YamlSyntax {
  documents: YamlDocument[];
  diagnostics: Diagnostic[];
}

/** Reads YAML 1.2 with the core schema: no tags, no merge keys, no more depth or documents than the limits. */
export function parseYaml(text: string, lines: LineTable): YamlSyntax {
  const diagnostics = controlCharacters(text, lines);
  if (diagnostics.length > 0) return { documents: [], diagnostics };
  const { tokens, excess } = tokensWithin(text, lines);
  if (excess) return { documents: [], diagnostics: [excess] };
  const composer = new Composer({
    ...{
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'silent',
    },
    // The library compares each key with each other one, which takes minutes on a large file: `YamlValue` does it.
    uniqueKeys: false,
  });
  const documents: YamlDocument[] = [];
  for (const node of composer.compose(tokens, false, text.length)) {
    const faults = [...node.errors, ...node.warnings].slice(0, maxDiagnostics + 1);
    let spans: Span[] | undefined;
    const openings = () => {
      spans ??= openingsOf(node);
      return spans;
    };
    diagnostics.push(...faults.map((fault) => syntaxError(fault, openings, text, lines)));
    documents.push({ node, intact: node.errors.length === 0 });
  }
  return { documents, diagnostics };
}

const isControl = (code: number): boolean =>
  (code < 32 && code !== 9 && code !== 10 && code !== 13) ||
  (code >= 127 && code < 160 && code !== 0x85) ||
  isTurning(code);

/** Embeddings, overrides and isolates: with them a line is not read as it is shown. */
const isTurning = (code: number): boolean => (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);

function controlCharacters(text: string, lines: LineTable): Diagnostic[] {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isControl(code)) continue;
    const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    const why = isTurning(code) ? 'shows what follows in another order than it is read' : 'is no part of YAML';
    return [broken('VIRT1008', lines.range(at, at + 1), `The control character ${name} ${why}.`)];
  }
  return [];
}

/** The parser works iteratively but composing does not, so depth is limited before. */
function tokensWithin(text: string, lines: LineTable): { tokens: CST.Token[]; excess?: Diagnostic } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let documents = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type !== 'document' || ++documents <= maxDocuments) continue;
      const summary = `The file holds more than ${maxDocuments} documents.`;
      return { tokens, excess: broken('VIRT1014', lines.range(token.offset, token.offset + 3), summary) };
    }
    if (depthOf(parser) <= maxDepth) continue;
    const at = Math.max(0, parser.offset - lexeme.length);
    const summary = `More than ${maxDepth} levels are nested here.`;
    return { tokens, excess: broken('VIRT1010', lines.range(at, at + 1), summary) };
  }
  tokens.push(...parser.end());
  return { tokens };
}

function depthOf({ stack }: Parser): number {
  return stack.length <= maxDepth ? stack.length : stack.filter(({ type }) => collections.has(type)).length;
}

const collections = new Set(['block-map', 'block-seq', 'flow-collection']);

const ruleOf: Partial<Record<YAMLError['code'], RuleId>> = {
  TAB_AS_INDENT: 'VIRT1002',
  BAD_INDENT: 'VIRT1005',
};

function syntaxError(fault: YAMLError, openings: () => Span[], text: string, lines: LineTable): Diagnostic {
  const [start, end] = fault.pos;
  const opening = unclosedAt(fault, openings);
  if (opening !== undefined) {
    return broken('VIRT1004', lines.range(opening, opening + 1), 'What is opened here is not closed.');
  }
  if (fault.code === 'TAG_RESOLVE_FAILED') {
    return broken('VIRT1013', lines.range(start, end), 'Documents have no tags.');
  }
  const summary = `${fault.message.split('\n')[0]?.replace(/[.:]$/, '')}.`;
  let first = start;
  while (text[first] === ' ') first++; // indentation is reported from the start of the line
  return broken(ruleOf[fault.code] ?? 'VIRT1001', lines.range(first, Math.max(first, end)), summary);
}

/** The library reports an unclosed quote or bracket where it misses the end; people look for where it starts. */
function unclosedAt(fault: YAMLError, openings: () => Span[]): number | undefined {
  if (!/closing .*quote|end with a [\]}]|Expected .* to end with/i.test(fault.message)) return undefined;
  const [at] = fault.pos;
  return openings().findLast(({ start, end }) => start < at && end >= at - 1)?.start;
}

interface Span {
  start: number;
  end: number;
}

/** Everything quoted or in brackets, outer before inner. */
function openingsOf(document: Document): Span[] {
  const spans: Span[] = [];
  visit(document, {
    Node: (_key, node) => {
      const isFlow = isCollection(node) && node.flow === true;
      const isQuoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
      if ((isFlow || isQuoted) && node.range) spans.push({ start: node.range[0], end: node.range[2] });
    },
  });
  return spans;
}
