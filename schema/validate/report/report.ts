import { createHash } from 'node:crypto';
import type { Diagnostic } from '../../generated/types.js';
import type { SourceFile } from '../source-file.js';
import { Outline, type OutlinedDocument, type Place } from './outline.js';

/** What validation found in one directory. */
export interface JudgedDirectory {
  /** The directory, relative to where the report is read from, `/` between its parts; empty if it is the same. */
  prefix: string;
  files: readonly SourceFile[];
  diagnostics: readonly Diagnostic[];
}

export interface ReportedMistake {
  diagnostic: Diagnostic;
  place: Place;
  /** Stays the same while lines above change; unique within the report. SHA-256, in hexadecimal digits. */
  fingerprint: string;
}

export interface ReportedFile {
  path: string;
  /** Documents in which there is no mistake. */
  sound: OutlinedDocument[];
  mistakes: ReportedMistake[];
}

/** All that is known of some directories, by file, then position. */
export interface Report {
  files: ReportedFile[];
}

export function reportOf(directories: readonly JudgedDirectory[]): Report {
  const counts = new Map<string, number>();
  return { files: directories.flatMap((directory) => filesOf(directory, counts)) };
}

/** All mistakes of a report, by file, then position. */
export function mistakesOf({ files }: Report): ReportedMistake[] {
  return files.flatMap(({ mistakes }) => mistakes);
}

/** Diagnostics whose files are named from where the report is read. */
export function relocated(diagnostics: readonly Diagnostic[], prefix: string): Diagnostic[] {
  return diagnostics.map((diagnostic) => {
    const { range } = diagnostic;
    return { ...diagnostic, range: { ...range, filename: joined(prefix, range.filename) } };
  });
}

function filesOf({ prefix, files, diagnostics }: JudgedDirectory, counts: Map<string, number>): ReportedFile[] {
  const told = new Map<string, Diagnostic[]>(files.map(({ path }) => [joined(prefix, path), []]));
  for (const diagnostic of relocated(diagnostics, prefix)) {
    const { filename } = diagnostic.range;
    const before = told.get(filename);
    if (before) before.push(diagnostic);
    else told.set(filename, [diagnostic]);
  }
  const texts = new Map(files.map((file) => [joined(prefix, file.path), 'text' in file ? file.text : undefined]));
  return [...told]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, found]) => reportedFile(path, texts.get(path), found, counts));
}

function reportedFile(
  path: string,
  text: string | undefined,
  diagnostics: readonly Diagnostic[],
  counts: Map<string, number>,
): ReportedFile {
  const outline = text === undefined ? undefined : new Outline(path, text);
  const mistakes = diagnostics.map((diagnostic) => {
    const place = outline?.placeOf(diagnostic.range) ?? { index: undefined, document: '', field: '' };
    return { diagnostic, place, fingerprint: fingerprintOf(diagnostic, place, counts) };
  });
  const broken = new Set(mistakes.map(({ place }) => place.index));
  return { path, sound: (outline?.documents ?? []).filter((_, index) => !broken.has(index)), mistakes };
}

/** Rule, file, field and what the summary names first; the line and column are left out, so that edits elsewhere change nothing. */
function fingerprintOf(
  { id, summary, range }: Diagnostic,
  { document, field }: Place,
  counts: Map<string, number>,
): string {
  const key = JSON.stringify([id, range.filename, document, field, subjectOf(summary)]);
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return createHash('sha256').update(`${key}#${count}`).digest('hex');
}

/** What a summary names first, without the number of an entry: tells apart several fields that one place lacks. */
function subjectOf(summary: string): string {
  const [, named = ''] = /`([^`]*)`/.exec(summary) ?? [];
  return named.replace(/\[\d+\]/g, '[]');
}

function joined(prefix: string, path: string): string {
  return prefix === '' ? path : `${prefix}/${path}`;
}
