import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { packageRoot } from '../package-root.js';
import { isDocumentPath } from '../schema/validate/select.js';
import type { SourceFile } from '../schema/validate/source-file.js';

/** The documents of one example, as a source would read them. */
export function exampleFiles(name: string): Extract<SourceFile, { text: string }>[] {
  const folder = join(packageRoot(), 'examples', name);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  return paths
    .filter(isDocumentPath)
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

/** Names of the examples. */
export function exampleNames(): string[] {
  return readdirSync(join(packageRoot(), 'examples')).filter((name) => exampleFiles(name).length > 0);
}

/** The values of all documents of all examples. */
export function exampleDocuments(): unknown[] {
  const files = exampleNames().flatMap((name) => exampleFiles(name));
  return files.flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as unknown));
}
