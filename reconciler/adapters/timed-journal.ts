import type { Appended, Clock, Journal, JournalDraft, JournalRead, JournalRecord, Metrics } from '../ports.js';

/** A journal whose writing is measured. */
export class TimedJournal implements Journal {
  readonly #journal: Journal;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #metrics: Pick<Metrics, 'passStepTook'>;

  constructor(journal: Journal, clock: Pick<Clock, 'nowMs'>, metrics: Pick<Metrics, 'passStepTook'>) {
    this.#journal = journal;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  async append(draft: JournalDraft): Promise<Appended> {
    const begunMs = this.#clock.nowMs();
    const appended = await this.#journal.append(draft);
    this.#metrics.passStepTook('record', (this.#clock.nowMs() - begunMs) / 1000);
    return appended;
  }

  head(): Promise<string | null> {
    return this.#journal.head();
  }

  entries(limit?: number): AsyncIterable<JournalRead> {
    return this.#journal.entries(limit);
  }

  latest(): Promise<JournalRecord | null> {
    return this.#journal.latest();
  }
}
