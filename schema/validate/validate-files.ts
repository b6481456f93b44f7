import type { Diagnostic } from '../generated/types.js';
import { broken, sorted } from './diagnostic.js';
import type { LocatedDocument } from './document.js';
import { LineTable } from './line-table.js';
import { readDocument } from './read-document.js';
import { refusal } from './refused-file.js';
import { maxFileBytes, type SourceFile } from './source-file.js';
import { parseYaml } from './yaml-syntax.js';
import { YamlValue } from './yaml-value.js';

export interface Validation {
  /** Documents that fit their schemas, by file, then position. */
  documents: LocatedDocument[];
  /** By file, then position. */
  diagnostics: Diagnostic[];
}

/** More mistakes than this in one file are not listed. */
const maxDiagnostics = 100;

/** Reads the documents of a repository; every mistake in every file is told, each where it is. */
export function validateFiles(files: readonly SourceFile[]): Validation {
  const read = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(validateFile);
  return {
    documents: read.flatMap(({ documents }) => documents),
    diagnostics: sorted(read.flatMap(({ diagnostics }) => diagnostics)),
  };
}

function validateFile(file: SourceFile): Validation {
  if ('refused' in file) return { documents: [], diagnostics: [refusal(file)] };
  if (file.text.length > maxFileBytes) {
    return {
      documents: [],
      diagnostics: [refusal({ path: file.path, refused: 'too-large', bytes: file.text.length })],
    };
  }
  const lines = new LineTable(file.path, file.text);
  const { documents: parsed, diagnostics } = parseYaml(file.text, lines);
  const documents: LocatedDocument[] = [];
  for (const { node, intact } of parsed) {
    if (!intact) continue;
    const yaml = new YamlValue(node, lines);
    if (yaml.value === null && yaml.diagnostics.length === 0) continue; // nothing but comments
    diagnostics.push(...yaml.diagnostics);
    if (!yaml.isWhole) continue;
    const read = readDocument(yaml);
    if ('document' in read && yaml.diagnostics.length === 0) {
      documents.push({ document: read.document, locate: (field) => yaml.locate(field) });
    } else if ('diagnostics' in read) diagnostics.push(...read.diagnostics);
  }
  return { documents, diagnostics: limited(file.path, sorted(diagnostics)) };
}

function limited(path: string, diagnostics: Diagnostic[]): Diagnostic[] {
  const over = diagnostics[maxDiagnostics];
  if (over === undefined) return diagnostics;
  const summary = `${path} has ${diagnostics.length} mistakes; those from here on are not listed.`;
  return [...diagnostics.slice(0, maxDiagnostics), broken('VIRT1015', over.range, summary)];
}
