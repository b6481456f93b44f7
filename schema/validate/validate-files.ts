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
  return together(inOrder(files).map(readFile));
}

/** Text that is read without a pause, in UTF-16 units: less than what takes a second. */
const turnLength = 128 * 1024;

/** The same, with a pause whenever much has been read, so that whoever else runs in this process gets a turn. */
export async function validateInTurns(files: readonly SourceFile[], pause: () => Promise<void>): Promise<Validation> {
  const contents: FileContent[] = [];
  let length = 0;
  for (const file of inOrder(files)) {
    const next = 'text' in file ? file.text.length : 0;
    if (length > 0 && length + next > turnLength) {
      await pause();
      length = 0;
    }
    contents.push(readFile(file));
    length += next;
  }
  if (length > turnLength) await pause();
  return together(contents);
}

const inOrder = (files: readonly SourceFile[]): SourceFile[] => [...files].sort((a, b) => (a.path < b.path ? -1 : 1));

function together(contents: readonly FileContent[]): Validation {
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
    content.diagnostics = diagnostics;
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
    if (intact) append(content.diagnostics, yaml.diagnostics);
    addUnusable(content, yaml.value);
    return;
  }
  if (yaml.value === null) return; // nothing but comments
  const { remainder, diagnostics } = readDocument(yaml);
  const isTagged = ({ range }: Diagnostic) => taggedLines.has(range.start.line);
  // A tag makes text of what would else be, for example, a number: that is one mistake, not two.
  append(content.diagnostics, yaml.diagnostics);
  append(
    content.diagnostics,
    diagnostics.filter((diagnostic) => !isTagged(diagnostic)),
  );
  if (!remainder) {
    addUnusable(content, yaml.value);
    return;
  }
  const isSound = yaml.diagnostics.length === 0 && diagnostics.length === 0;
  content.documents.push({ document: remainder, isSound, locate: (field, part) => yaml.locate(field, part) });
  if (!isSound) content.incomplete.push(remainder.kind);
}

function addUnusable(content: FileContent, value: unknown): void {
  append(content.unusable, namesIn(value));
  const { kind } = (value ?? {}) as { kind?: unknown };
  if (isKind(kind)) content.incomplete.push(kind);
}

/** One by one: a call takes only so many arguments, and a file may hold more. */
function append<T>(list: T[], more: readonly T[]): void {
  for (const each of more) list.push(each);
}
