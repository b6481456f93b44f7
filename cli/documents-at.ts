import type { SourceRead } from '../reconciler/ports.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import type { DocumentsAt } from './blame.js';
import type { ReadDocuments } from './blamed-pass.js';

/** Documents of commits of a repository; each commit is read once. */
export function documentsAt(readAt: (commit: string) => Promise<SourceRead>): DocumentsAt {
  const known = new Map<string, Promise<ReadDocuments>>();
  const read = async (source: string): Promise<ReadDocuments> => {
    const found = await readAt(source);
    if (found.kind === 'documents') return { kind: 'documents', documents: validateFiles(found.files).documents };
    return { kind: 'unknown', reason: `Documents of ${source || 'no commit'} are not here: ${found.message}` };
  };
  return (source) => {
    const reading = known.get(source) ?? read(source);
    known.set(source, reading);
    return reading;
  };
}
