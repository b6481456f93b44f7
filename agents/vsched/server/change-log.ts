import { closeSync, writeSync } from 'node:fs';
import { BoundedLog } from '../../linux/bounded-log.js';

/** A change that was asked for. */
export interface Change {
  atMs: number;
  key: string;
  verb: string;
  /** `vm/NAME`, or a process by number and start: `1234@567890`. */
  object: string;
  periodUs?: number;
  sliceUs?: number;
  /** `granted`, `released`, or why it was refused. */
  outcome: string;
}

export interface ChangeLog {
  write(change: Change): void;
  close(): void;
}

/** A look at the size of the file after as many lines. */
const linesBetweenTrims = 100;

/** Writes who changed what into a file, a line of JSON each. It is bounded: the oldest lines go. */
export function fileChangeLog(path: string, now: Date): ChangeLog {
  const log = new BoundedLog(path);
  const descriptor = log.open(now);
  let lines = 0;
  log.trim();
  return {
    write: ({ atMs, ...change }) => {
      writeSync(descriptor, `${JSON.stringify({ at: new Date(atMs).toISOString(), ...change })}\n`);
      lines += 1;
      if (lines % linesBetweenTrims === 0) log.trim();
    },
    close: () => closeSync(descriptor),
  };
}
