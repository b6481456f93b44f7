import type { LocatedDocument } from '../../schema/validate/document.js';
import { digest } from './canonical.js';
import { remembered } from './derived.js';

/** Documents of a commit stay as they are from pass to pass. */
const known = new WeakMap<readonly LocatedDocument[], string>();

/** What tells whether two plans were made from the same documents, wherever these lie. */
export function documentsDigest(documents: readonly LocatedDocument[]): string {
  return remembered(known, documents, () => digest(documents.map(({ document }) => document)));
}
