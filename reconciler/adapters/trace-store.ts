import { appendFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trace } from '../../schema/generated/types.js';

/** What is kept of one host, whatever it sends; beyond it the oldest traces go. */
export interface TraceLimits {
  /** Of one trace: what comes after is not kept. */
  traceBytes: number;
  hostBytes: number;
  hostTraces: number;
}

const defaultLimits: TraceLimits = { traceBytes: 16 * 2 ** 20, hostBytes: 256 * 2 ** 20, hostTraces: 1000 };
/** Pieces that wait for the disk, in bytes; what comes beyond is lost. */
const mostWaiting = 64 * 2 ** 20;

/**
 * A folder of traces that hosts record, `HOST/PEER-TIME.trace`. Each is whole records from its beginning on: after a piece that is lost,
 * nothing more is added to it.
 */
export class TraceStore {
  readonly #directory: string;
  readonly #warn: (message: string) => void;
  readonly #limits: TraceLimits;
  #work: Promise<void> = Promise.resolve();
  #waitingBytes = 0;

  constructor(directory: string, warn: (message: string) => void, limits: Partial<TraceLimits> = {}) {
    this.#directory = directory;
    this.#warn = warn;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Takes a piece of a trace of a host, which is written some time later. */
  take(host: string, trace: Trace): void {
    const bytes = Buffer.from(trace.data, 'base64');
    if (this.#waitingBytes + bytes.length > mostWaiting) return;
    this.#waitingBytes += bytes.length;
    this.#work = this.#work
      .then(() => this.#write(host, trace, bytes))
      .catch((error: Error) => {
        this.#warn(`A trace of ${host} cannot be kept in ${this.#directory} (${error.message}): see to the disk.`);
      })
      .finally(() => {
        this.#waitingBytes -= bytes.length;
      });
  }

  /** Resolves when all that was taken is written. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #write(host: string, { peer, begunAtMs, offset }: Trace, bytes: Buffer): Promise<void> {
    if (offset + bytes.length > this.#limits.traceBytes) return;
    const folder = join(this.#directory, host);
    const file = join(folder, `${peer}-${timeName(begunAtMs)}.trace`);
    if (offset === 0) {
      await mkdir(folder, { recursive: true });
      await this.#makeRoom(folder, bytes.length);
      await writeFile(file, bytes, { flag: 'wx', mode: 0o640 }).catch(unless('EEXIST'));
    } else if ((await sizeOf(file)) === offset) {
      await this.#makeRoom(folder, bytes.length, file);
      await appendFile(file, bytes);
    }
  }

  /** Removes the oldest traces of a host until there is room; never the one that is being added to. */
  async #makeRoom(folder: string, bytes: number, current?: string): Promise<void> {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.trace'));
    const traces = await Promise.all(
      names.map(async (name) => ({ file: join(folder, name), ...(await stat(join(folder, name))) })),
    );
    traces.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.file < b.file ? -1 : 1));
    let total = traces.reduce((sum, { size }) => sum + size, bytes);
    let count = traces.length + (current === undefined ? 1 : 0);
    for (const { file, size } of traces) {
      if (total <= this.#limits.hostBytes && count <= this.#limits.hostTraces) return;
      if (file === current) continue;
      await rm(file, { force: true });
      total -= size;
      count -= 1;
    }
  }
}

/** `20261123T030702.123Z`: sorts as time goes, and any file system takes it. */
const timeName = (atMs: number): string => new Date(atMs).toISOString().replaceAll(/[-:]/g, '');

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(unless('ENOENT'));
  return found?.size;
}

/** For `catch`: makes one kind of failure nothing. */
function unless(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}
