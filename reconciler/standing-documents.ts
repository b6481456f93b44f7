import type { Diagnostic } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import type { SourceRead } from './ports.js';

/** The documents in effect: the newest that were good. */
export interface StandingDocuments {
  /** Empty before the first good ones. */
  documents: readonly LocatedDocument[];
  source: string;
  /** What keeps the newest documents from taking effect; null when they are in effect. */
  problem: { source: string; message: string } | null;
}

export const noDocuments: StandingDocuments = { documents: [], source: '', problem: null };

/** A broken commit, or a repository that does not answer, leaves what is in effect in effect, and says so. */
export function standing(before: StandingDocuments, read: SourceRead): StandingDocuments {
  if (read.kind === 'unavailable') return { ...before, problem: { source: '', message: read.message } };
  if (read.source === before.source && before.problem === null) return before;
  const { documents, diagnostics } = validateFiles(read.files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { ...before, problem: { source: read.source, message: summary(read.source, errors) } };
  return { documents, source: read.source, problem: null };
}

const shownErrors = 10;

function summary(source: string, errors: Diagnostic[]): string {
  const lines = errors.slice(0, shownErrors).map(({ range, id, summary, detail }) => {
    const { line, column } = range.start;
    return `${range.filename}:${line}:${column}: ${id}: ${summary} ${detail}`;
  });
  const more = errors.length > shownErrors ? [`and ${errors.length - shownErrors} more`] : [];
  return [
    `${source} is not valid (${errors.length} ${errors.length === 1 ? 'mistake' : 'mistakes'}):`,
    ...lines,
    ...more,
  ].join('\n');
}

/** Which key speaks for which host. */
export function pinnedKeys(documents: readonly LocatedDocument[]): Map<string, string> {
  return new Map(
    documents.flatMap(({ document }): [string, string][] =>
      document.kind === 'Host' && document.spec.agentKey !== undefined
        ? [[document.metadata.name, document.spec.agentKey]]
        : [],
    ),
  );
}
