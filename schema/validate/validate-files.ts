import type { Diagnostic } from '../generated/types.js';
import { limited, sorted } from './diagnostic.js';
import type { Kind, LocatedDocument } from './document.js';
import { isKind } from './kinds.js';
import { LineTable } from './line-table.js';
import { readDocument } from './read-document.js';
import { checkReferences } from './references/check-references.js';
import { refusal } from './refused-file.js';
import { maxFileBytes, type SourceFile } from './source-file.js';
import { namesIn } from './unusable.js';
import { parseYaml, type YamlDocument } from './yaml-syntax.js';
import { YamlValue } from './yaml-value.js';

export interface Validation {
  /** Documents that fit their schemas, by file, then position. Usable when there are no errors among the diagnostics. */
  documents: LocatedDocument[];
  /** By file, then position. */
  diagnostics: Diagnostic[];
}

interface FileContent {
  /** Documents, by position; of one with mistakes, what fits. */
  documents: (LocatedDocument & { isSound: boolean })[];
  diagnostics: Diagnostic[];
  /** What is defined by documents that cannot be used at all. */
  unusable: string[];
  /** Kinds with a document of which not all is known. */
  incomplete: Kind[];
}

/** Reads the documents of a repository; every mistake in every file, and between files, is told, each where it is. */
export function validateFiles(files: readonly SourceFile[]): Validation {
  const contents = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(readFile);
  const names = contents.flatMap(({ unusable }) => unusable);
  const kinds = contents.flatMap(({ incomplete }) => incomplete);
  const documents = contents.flatMap((content) => content.documents);
  const references = checkReferences(documents, { names: new Set(names), kinds: new Set(kinds) });
  return {
    documents: documents.filter(({ isSound }) => isSound),
    diagnostics: limited(sorted([...contents.flatMap(({ diagnostics }) => diagnostics), ...references])),
  };
}

function readFile(file: SourceFile): FileContent {
  const content: FileContent = { documents: [], unusable: [], incomplete: [], diagnostics: [] };
  if ('refused' in file) {
    content.diagnostics.push(refusal(file));
  } else if (file.text.length > maxFileBytes) {
    content.diagnostics.push(refusal({ path: file.path, refused: 'too-large', bytes: file.text.length }));
  } else {
    const lines = new LineTable(file.path, file.text);
    const { documents, diagnostics } = parseYaml(file.text, lines);
    content.diagnostics.push(...diagnostics);
    const tags = diagnostics.filter(({ id }) => id === 'VIRT1013').map(({ range }) => range.start.line);
    const taggedLines = new Set(tags);
    for (const document of documents) addDocument(content, document, lines, taggedLines);
  }
  return content;
}

function addDocument(
  content: FileContent,
  { node, intact }: YamlDocument,
  lines: LineTable,
  taggedLines: ReadonlySet<number>,
): void {
  const yaml = new YamlValue(node, lines);
  if (!intact || !yaml.isWhole) {
    if (intact) content.diagnostics.push(...yaml.diagnostics);
    addUnusable(content, yaml.value);
    return;
  }
  if (yaml.value === null) return; // nothing but comments
  const { remainder, diagnostics } = readDocument(yaml);
  const isTagged = ({ range }: Diagnostic) => taggedLines.has(range.start.line);
  // A tag makes text of what would else be, for example, a number: that is one mistake, not two.
  content.diagnostics.push(...yaml.diagnostics, ...diagnostics.filter((diagnostic) => !isTagged(diagnostic)));
  if (!remainder) {
    addUnusable(content, yaml.value);
    return;
  }
  const isSound = yaml.diagnostics.length === 0 && diagnostics.length === 0;
  content.documents.push({ document: remainder, isSound, locate: (field, part) => yaml.locate(field, part) });
  if (!isSound) content.incomplete.push(remainder.kind);
}

function addUnusable(content: FileContent, value: unknown): void {
  content.unusable.push(...namesIn(value));
  const { kind } = (value ?? {}) as { kind?: unknown };
  if (isKind(kind)) content.incomplete.push(kind);
}
