import { createHash } from 'node:crypto';
import type { Source, SourceRead, Trigger } from '../../../reconciler/ports.js';

/** A branch in memory that people commit to; whoever follows it is told at once. */
export class RepositoryInMemory {
  readonly files: Map<string, string>;
  #commits = 1;
  #tell: (reason: string) => void = () => undefined;

  constructor(files: readonly { path: string; text: string }[]) {
    this.files = new Map(files.map(({ path, text }) => [path, text]));
  }

  get tip(): string {
    return createHash('sha1').update(`${this.#commits}`).digest('hex');
  }

  readonly source: Source = {
    read: async (): Promise<SourceRead> => {
      const paths = [...this.files.keys()].sort();
      const files = paths.map((path) => ({ path, text: this.files.get(path) ?? '' }));
      return { kind: 'documents', source: this.tip, files };
    },
  };

  readonly trigger: Trigger = {
    start: async (onChange) => {
      this.#tell = onChange;
    },
    stop: async () => {
      this.#tell = () => undefined;
    },
  };

  /** Commits the file after `change`; throws when that changes nothing. */
  edit(path: string, change: (text: string) => string): string {
    const before = this.files.get(path) ?? '';
    const after = change(before);
    if (after === before) throw new Error(`${path} stays as it is`);
    this.files.set(path, after);
    this.#commits += 1;
    this.#tell(`commit ${this.tip.slice(0, 12)}`);
    return this.tip;
  }
}
