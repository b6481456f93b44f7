import type { Diagnostic, Signer } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { printable } from '../schema/validate/render.js';
import { type Validation, validateFiles } from '../schema/validate/validate-files.js';
import type { DocumentsRead, SourceRead } from './ports.js';
import type { Verdict } from './trust/verdict.js';

/** The documents in effect: the newest that were good. */
export interface StandingDocuments {
  /** Empty before the first good ones. */
  documents: readonly LocatedDocument[];
  source: string;
  /** Who signed their commit; null where that was not verified, or the operator vouches for it. */
  signer: Signer | null;
  /** What keeps the newest documents from taking effect; null when they are in effect. */
  problem: SourceProblem | null;
  /** Whether the newest commit that was read is trusted; null where signatures are not verified. */
  verdict: Verdict | null;
}

export interface SourceProblem {
  /** The commit that does not take effect; empty where none was read. */
  source: string;
  reason: 'Rejected' | 'Unverified' | 'PolicyDenied' | 'Emptied';
  message: string;
  /** Who signed that commit, where it is trusted but has mistakes. */
  signer: Signer | null;
}

export const noDocuments: StandingDocuments = { documents: [], source: '', signer: null, problem: null, verdict: null };

/** Finds out what is wrong with documents that were read. */
type Validate = (read: DocumentsRead) => Validation;

const validated: Validate = ({ files }) => validateFiles(files);

/** A broken or distrusted commit, or a repository that does not answer, leaves what is in effect in effect, and says so. */
export function standing(
  before: StandingDocuments,
  read: SourceRead,
  validate: Validate = validated,
): StandingDocuments {
  if (read.kind === 'unavailable') {
    return { ...before, problem: { source: '', reason: 'Rejected', message: read.message, signer: null } };
  }
  if (read.kind === 'unverified') return unverified(before, read, validate);
  const verdict = read.verdict ?? null;
  const signer = verdict?.signer ?? null;
  if (read.source === before.source && before.problem === null) {
    return before.verdict === null && verdict === null ? before : { ...before, verdict, signer };
  }
  const { documents, diagnostics } = validate(read);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return { documents, source: read.source, signer, problem: null, verdict };
  const message = summary(read.source, errors);
  return { ...before, problem: { source: read.source, reason: 'Rejected', message, signer }, verdict };
}

/** After a restart, what was accepted before comes into effect first. */
function unverified(
  before: StandingDocuments,
  { verdict, message, accepted }: Extract<SourceRead, { kind: 'unverified' }>,
  validate: Validate,
): StandingDocuments {
  const isHeld = accepted === null || accepted.source === before.source;
  const kept = isHeld ? { ...before, problem: null } : standing(before, accepted, validate);
  const messages = kept.problem === null ? [message] : [message, kept.problem.message];
  const problem = { source: verdict.commit, reason: 'Unverified' as const, message: messages.join('\n'), signer: null };
  return { ...kept, problem, verdict };
}

const shownErrors = 10;

/** What is wrong with documents only beside what the fleet reports. */
export function rejection(diagnostics: readonly Diagnostic[]): Pick<SourceProblem, 'reason' | 'message'> {
  return { reason: 'Rejected', message: diagnostics.map(({ summary }) => summary).join(' ') };
}

function summary(source: string, errors: Diagnostic[]): string {
  const lines = errors.slice(0, shownErrors).map(({ range, id, summary, detail }) => {
    const { line, column } = range.start;
    return `${printable(range.filename)}:${line}:${column}: ${id}: ${summary} ${detail}`;
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
