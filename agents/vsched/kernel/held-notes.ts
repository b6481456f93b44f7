import { isAlive, type ProcessIdentity } from '../../linux/process-identity.js';
import { readState, writeState } from '../../linux/state-file.js';

interface Note<Before> {
  process: ProcessIdentity;
  before: Before;
}

/** What has to be put back as it was, kept in a file: the kernel goes on enforcing when an agent is killed. */
export class HeldNotes<Before> {
  readonly #path: string;
  #notes: Note<Before>[];

  constructor(path: string) {
    this.#path = path;
    this.#notes = readState<Note<Before>[]>(path) ?? [];
  }

  /** To be called before anything is changed. */
  add(process: ProcessIdentity, before: Before): void {
    this.#write([...this.#notes, { process, before }]);
  }

  of({ pid, startTicks }: ProcessIdentity): Before | undefined {
    return this.#notes.find(({ process }) => process.pid === pid && process.startTicks === startTicks)?.before;
  }

  /** To be called when all is as it was. */
  remove({ pid, startTicks }: ProcessIdentity): void {
    this.#write(this.#notes.filter(({ process }) => process.pid !== pid || process.startTicks !== startTicks));
  }

  /** Those that still run. */
  get held(): ProcessIdentity[] {
    return this.#notes.map(({ process }) => process).filter(isAlive);
  }

  #write(notes: Note<Before>[]): void {
    this.#notes = notes;
    writeState(this.#path, notes);
  }
}
