import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DetachedProcess, type DetachedProcessOptions } from '../../linux/detached-process.js';
import { replaceFile } from '../../linux/state-file.js';
import { provideSocketFolder, removeSocket } from './ssh-socket.js';
import { processNames, type StreamEnd } from './stream-end.js';

/** A `StreamEnd` as it is on the host: its folder is made, its processes are looked after. */
export class KeptEnd {
  readonly #folder: string;
  readonly #processes: Record<(typeof processNames)[number], DetachedProcess>;
  #end: StreamEnd;
  #isMade = false;

  /** Takes nothing up yet, and makes nothing. */
  constructor(folder: string, end: StreamEnd, options: Omit<DetachedProcessOptions, 'path'>) {
    this.#folder = folder;
    this.#end = end;
    const at = (name: string) => new DetachedProcess({ ...options, path: join(folder, name) });
    this.#processes = { ssh: at('ssh'), pump: at('pump') };
  }

  process(name: (typeof processNames)[number]): DetachedProcess {
    return this.#processes[name];
  }

  /** Makes it be like `end`, which has its name. */
  async become(end: StreamEnd): Promise<void> {
    if (this.#isMade && isDeepStrictEqual(end, this.#end)) return;
    this.#isMade = false;
    this.#end = end;
    for (const folder of ['.', ...end.folders]) mkdirSync(join(this.#folder, folder), { recursive: true, mode: 0o700 });
    if (end.socket !== undefined) provideSocketFolder(end.socket);
    const isNews = Object.entries(end.files).map(([name, content]) => this.#write(join(this.#folder, name), content));
    for (const { name, command } of end.processes) await this.#processes[name].keep(command);
    if (isNews.includes(true)) this.readAgain();
    this.#isMade = true;
  }

  /** Ends the processes and removes the folder. */
  async end(): Promise<void> {
    for (const name of processNames) await this.#processes[name].end();
    rmSync(this.#folder, { recursive: true, force: true });
    if (this.#end.socket !== undefined) removeSocket(this.#end.socket);
  }

  /** Has the pump read its files again. */
  readAgain(): void {
    this.#processes.pump.signal('SIGHUP');
  }

  close(): void {
    for (const name of processNames) this.#processes[name].close();
  }

  /** Whether the file had to be changed. */
  #write(path: string, content: string): boolean {
    if (read(path) === content) return false;
    replaceFile(path, content);
    return true;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
