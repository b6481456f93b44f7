import type { Diagnostic, Observed } from '../../schema/generated/types.js';
import type { LocatedDocument } from '../../schema/validate/document.js';
import type { Snapshot } from '../model/snapshot.js';

/** The documents contradict themselves or one another. */
export interface Rejected {
  kind: 'rejected';
  diagnostics: Diagnostic[];
}

/**
 * Joins documents and observations into one consistent picture.
 * @param source commit or directory that the documents are from
 */
export function merge(documents: readonly LocatedDocument[], source: string, observed: Observed): Snapshot | Rejected {
  throw new Error(`merge of ${documents.length} documents from ${source} at ${observed.nowMs} is being written`);
}
