import type { Diagnostic } from '../generated/types.js';
import type { LocatedDocument } from './document.js';

/** What documents that each fit their schema say against one another, or against what is possible; by file, then position. */
export function checkReferences(documents: readonly LocatedDocument[]): Diagnostic[] {
  void documents;
  return [];
}
