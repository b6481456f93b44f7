import type { Diagnostic } from '../generated/types.js';
import { broken, sorted } from './diagnostic.js';
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

interface FileContent extends Validation {
  /** What else can be held against other documents: those with mistakes, without the fields that do not fit. */
  partial: LocatedDocument[];
  /** What is defined by documents that cannot be used at all. */
  unusable: string[];
}

/** More mistakes than this in one file are not listed. */
const maxDiagnostics = 100;

/** Reads the documents of a repository; every mistake in every file, and between files, is told, each where it is. */
export function validateFiles(files: readonly SourceFile[]): Validation {
  const contents = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(readFile);
  const names = contents.flatMap(({ unusable }) => unusable);
  const kinds = names.map((name) => name.split('/')[0]).filter((kind): kind is Kind => isKind(kind));
  const readable = contents.flatMap(({ documents, partial }) => [...documents, ...partial]);
  const references = checkReferences(readable, { names: new Set(names), kinds: new Set(kinds) });
  return {
    documents: contents.flatMap(({ documents }) => documents),
    diagnostics: limited(sorted([...contents.flatMap(({ diagnostics }) => diagnostics), ...references])),
  };
}

function readFile(file: SourceFile): FileContent {
  const content: FileContent = { documents: [], partial: [], unusable: [], diagnostics: [] };
  if ('refused' in file) {
    content.diagnostics.push(refusal(file));
  } else if (file.text.length > maxFileBytes) {
    content.diagnostics.push(refusal({ path: file.path, refused: 'too-large', bytes: file.text.length }));
  } else {
    const lines = new LineTable(file.path, file.text);
    const { documents, diagnostics } = parseYaml(file.text, lines);
    content.diagnostics.push(...diagnostics);
    for (const document of documents) addDocument(content, document, lines);
  }
  return content;
}

function addDocument(content: FileContent, { node, intact }: YamlDocument, lines: LineTable): void {
  const yaml = new YamlValue(node, lines);
  if (!intact || !yaml.isWhole) {
    if (intact) content.diagnostics.push(...yaml.diagnostics);
    content.unusable.push(...namesIn(yaml.value));
    return;
  }
  if (yaml.value === null) return; // nothing but comments
  const { document, diagnostics } = readDocument(yaml);
  content.diagnostics.push(...yaml.diagnostics, ...diagnostics);
  if (!document) {
    content.unusable.push(...namesIn(yaml.value));
    return;
  }
  const isSound = yaml.diagnostics.length === 0 && diagnostics.length === 0;
  const list = isSound ? content.documents : content.partial;
  list.push({ document, locate: (field) => yaml.locate(field) });
}

/** Leaves out what a file has beyond the limit; the list is sorted by file. */
function limited(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const counts = new Map<string, number>();
  return diagnostics.flatMap((diagnostic) => {
    const { filename } = diagnostic.range;
    const count = (counts.get(filename) ?? 0) + 1;
    counts.set(filename, count);
    if (count <= maxDiagnostics) return [diagnostic];
    const summary = `More than ${maxDiagnostics} mistakes are in this file; those from here on are not listed.`;
    return count === maxDiagnostics + 1 ? [broken('VIRT1015', diagnostic.range, summary)] : [];
  });
}
