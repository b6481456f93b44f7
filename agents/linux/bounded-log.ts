import { closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

const largestBytes = 256 * 1024;
const keptBytes = 64 * 1024;
/** Stands before what each run of a program writes. */
const runMark = '--- started ';

/** The log file of a detached process, which goes on writing to it while nobody else is there. */
export class BoundedLog {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Begins a run; the descriptor, to be closed by the caller, is for the program's output. */
  open(now: Date): number {
    const descriptor = openSync(this.path, 'a+', 0o600);
    writeSync(descriptor, `${runMark}${now.toISOString()}\n`);
    return descriptor;
  }

  /** Cuts the oldest off a log that has grown too large. Writers append, so they go on at the new end. */
  trim(): void {
    const descriptor = this.#existing('r+');
    if (descriptor === undefined) return;
    try {
      if (fstatSync(descriptor).size <= largestBytes) return;
      const tail = readTail(descriptor, keptBytes);
      ftruncateSync(descriptor);
      writeSync(descriptor, tail.slice(tail.indexOf('\n') + 1), 0);
    } finally {
      closeSync(descriptor);
    }
  }

  /** The last lines of the latest run that has said anything. */
  lastLines(): string[] {
    const descriptor = this.#existing('r');
    if (descriptor === undefined) return [];
    try {
      const runs = readTail(descriptor, 8192)
        .split(new RegExp(`^${runMark}.*$`, 'm'))
        .map((run) => run.split('\n').flatMap((line) => line.trim() || []));
      return runs.findLast((lines) => lines.length > 0) ?? [];
    } finally {
      closeSync(descriptor);
    }
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  #existing(flags: 'r' | 'r+'): number | undefined {
    try {
      return openSync(this.path, flags);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

function readTail(descriptor: number, bytes: number): string {
  const { size } = fstatSync(descriptor);
  const buffer = Buffer.alloc(Math.min(size, bytes));
  const read = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
  return buffer.toString('utf8', 0, read);
}
