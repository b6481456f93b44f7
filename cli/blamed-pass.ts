import type { JournalRecord } from '../reconciler/ports.js';
import type { LocatedDocument } from '../schema/validate/document.js';

/** Documents of a commit, or why they are not known. */
export type ReadDocuments =
  | { kind: 'documents'; documents: readonly LocatedDocument[] }
  | { kind: 'unknown'; reason: string };

/** A pass and what it was made from. */
export interface Decided {
  read: JournalRecord;
  documents: ReadDocuments;
}
