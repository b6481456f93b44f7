import type { Journal, JournalDraft, JournalRead, JournalRecord } from '../../reconciler/ports.js';

/** A journal that holds these entries, the oldest first; a text stands for a commit that is no entry. */
export function recordedJournal(...drafts: (JournalDraft | string)[]): Pick<Journal, 'entries' | 'latest'> {
  const reads: JournalRead[] = [];
  for (const [i, draft] of drafts.entries()) {
    const commit = (i + 1).toString(16).padStart(40, '0');
    if (typeof draft === 'string') reads.unshift({ kind: 'unreadable', commit, message: draft });
    else {
      const { plan, observed } = draft;
      const pass = reads.filter((read) => read.kind === 'record').length + 1;
      reads.unshift({ kind: 'record', commit, entry: { format_version: '1', pass, ...draft.entry }, plan, observed });
    }
  }
  return {
    latest: async () => reads.find((read): read is JournalRecord => read.kind === 'record') ?? null,
    async *entries(limit = reads.length) {
      yield* reads.slice(0, limit);
    },
  };
}
