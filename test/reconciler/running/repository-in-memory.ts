import { createHash } from 'node:crypto';
import type { DocumentsRead, Source, SourceRead, Trigger } from '../../../reconciler/ports.js';

/** A branch in memory that people commit to; whoever follows it is told at once. */
export class RepositoryInMemory {
  readonly files: Map<string, string>;
  #commits = 1;
  readonly #history = new Map<string, ReadonlyMap<string, string>>();
  #inEffect: string | null = null;
  #tell: (reason: string) => void = () => undefined;

  constructor(files: readonly { path: string; text: string }[]) {
    this.files = new Map(files.map(({ path, text }) => [path, text]));
    this.#keep();
  }

  get tip(): string {
    return createHash('sha1').update(`${this.#commits}`).digest('hex');
  }

  readonly source: Source = {
    read: async (): Promise<SourceRead> => this.#readAt(this.tip),
    tookEffect: async (commit) => {
      this.#inEffect = commit;
      return null;
    },
    lastInEffect: async () => (this.#inEffect === null ? null : this.#readAt(this.#inEffect)),
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
    return this.#commit();
  }

  /** Commits the removal of files. */
  remove(...paths: string[]): string {
    for (const path of paths) this.files.delete(path);
    return this.#commit();
  }

  #commit(): string {
    this.#commits += 1;
    this.#keep();
    this.#tell(`commit ${this.tip.slice(0, 12)}`);
    return this.tip;
  }

  #keep(): void {
    this.#history.set(this.tip, new Map(this.files));
  }

  #readAt(commit: string): DocumentsRead {
    const files = [...(this.#history.get(commit) ?? [])].map(([path, text]) => ({ path, text }));
    return { kind: 'documents', source: commit, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
  }
}
