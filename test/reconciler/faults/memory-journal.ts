import type { Appended, Journal, JournalDraft, JournalRead, JournalRecord } from '../../../reconciler/ports.js';

/** A journal that outlives the reconcilers that write it, as long as the test lasts. */
export class MemoryJournal implements Journal {
  readonly records: JournalRecord[] = [];

  async append({ entry, plan, observed }: JournalDraft): Promise<Appended> {
    const pass = this.records.length + 1;
    const commit = `commit-${pass}`;
    this.records.push({ kind: 'record', commit, entry: { format_version: '1', pass, ...entry }, plan, observed });
    return { kind: 'appended', commit, pass, pushed: true, message: '' };
  }

  async head(): Promise<string | null> {
    return this.records.at(-1)?.commit ?? null;
  }

  async latest(): Promise<JournalRecord | null> {
    return this.records.at(-1) ?? null;
  }

  async *entries(limit?: number): AsyncIterable<JournalRead> {
    yield* [...this.records].reverse().slice(0, limit);
  }
}
