import type { Kind, Located, LocatedDocument } from '../../schema/validate/document.js';

/** The documents of one kind, sorted by name. */
export function ofKind<K extends Kind>(documents: readonly LocatedDocument[], kind: K): Located<K>['document'][] {
  return documents
    .map(({ document }) => document)
    .filter((document): document is Located<K>['document'] => document.kind === kind)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}
