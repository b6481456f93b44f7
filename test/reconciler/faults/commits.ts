import type { SourceRead } from '../../../reconciler/ports.js';
import { MemoryJournal } from './memory-journal.js';
import { after, before } from './scenario.js';

/** A repository in memory: what is wanted before, then what is wanted after. */
export class Commits {
  readonly journal = new MemoryJournal();
  #files = before;
  #name = 'before';

  readonly source = {
    read: async (): Promise<SourceRead> => {
      const files = Object.entries(this.#files).map(([path, text]) => ({ path, text }));
      return { kind: 'documents', source: this.#name, files };
    },
  };

  commit(): void {
    this.#files = after;
    this.#name = 'after';
  }
}
