import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Turns } from '../turns.js';
import { BoundedLog } from './bounded-log.js';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.js';
import { attempt, endProcesses, processesWithEnvironment } from './processes.js';
import { readState, writeState } from './state-file.js';

/** A program as it should run. Another one of these replaces the process. */
export interface DetachedCommand {
  program: string;
  args: readonly string[];
  /** Working directory. */
  cwd: string;
  /** Who may use the files and sockets that it makes; inherited when left out. */
  umask?: number;
}

export interface DetachedProcessOptions {
  /** Its pid file is at `path`.pid, its log at `path`.log. */
  path: string;
  /** Runs a task where the process is to be born, such as in a host's network namespace. */
  within<T>(task: () => T extends Promise<unknown> ? never : T): T;
  /** In [0, 1). */
  random(): number;
  /** Who has it started again after it died: this does, soon, which is the default, or its owner by `keep`. */
  restarts?: 'itself' | 'by-owner';
}

interface PidFile {
  process: ProcessIdentity;
  command: DetachedCommand;
}

/** In the environment of each detached process and its children: the path that it is known by. */
export const detachedVariable = 'VIRTUOSO_DETACHED';

const lookMs = 200;
const firstRetryMs = 100;
const longestRetryMs = 5000;
/** One that ran for so long is started again at once when it dies. */
const steadyMs = 10_000;

/**
 * A process that outlives the one that started it. Whoever comes later with the same path takes it up where it is. It is started again
 * when it dies; there are never two, even if the starting process dies between any two steps of it.
 */
export class DetachedProcess {
  readonly #options: DetachedProcessOptions;
  readonly #pidFile: string;
  readonly #log: BoundedLog;
  #wanted: DetachedCommand | undefined;
  #process: ProcessIdentity | undefined;
  #startedAtMs = 0;
  #failures = 0;
  #lastEnd: string | undefined;
  #look: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  readonly #turns = new Turns();
  #busy = false;
  #closed = false;

  constructor(options: DetachedProcessOptions) {
    this.#options = options;
    this.#pidFile = `${options.path}.pid`;
    this.#log = new BoundedLog(`${options.path}.log`);
  }

  /** Number of the process while it runs. */
  get pid(): number | undefined {
    return this.#process && isAlive(this.#process) ? this.#process.pid : undefined;
  }

  /** How the latest run ended, such as `ended with code 2`; undefined if none has, or nobody saw it. */
  get lastEnd(): string | undefined {
    return this.#lastEnd;
  }

  /** The last that it said. */
  lastLines(): string[] {
    return this.#log.lastLines();
  }

  /** Takes up the process that runs, whatever its command is, and gives that; undefined: none does. */
  async adopt(): Promise<DetachedCommand | undefined> {
    await this.#inTurn(async () => {
      const found = readState<PidFile>(this.#pidFile);
      if (!found || !isAlive(found.process)) return;
      this.#process = found.process;
      this.#wanted = found.command;
      this.#watch();
    });
    return this.pid === undefined ? undefined : this.#wanted;
  }

  /** Has the command run from now on: by the process that runs it already, or by a new one in place of any other. */
  keep(command: DetachedCommand): Promise<void> {
    return this.#inTurn(async () => {
      const runs = this.pid !== undefined || this.#options.restarts !== 'by-owner';
      if (runs && this.#wanted && isDeepStrictEqual(this.#wanted, command)) return;
      this.#wanted = command;
      this.#failures = 0;
      this.#cancelRetry();
      this.#watch();
      await this.#takeUp(command);
    });
  }

  /** Sends a signal that the program handles; one that has not come so far that it handles it reads its files later anyway. */
  signal(name: 'SIGHUP'): void {
    const { pid } = this;
    if (pid !== undefined && catches(pid, constants.signals[name])) attempt(() => process.kill(pid, name));
  }

  /** Ends the process and its children, and removes its files. */
  end(): Promise<void> {
    return this.#inTurn(async () => {
      this.#wanted = undefined;
      this.close();
      await this.#endAll();
      rmSync(this.#pidFile, { force: true });
      this.#log.remove();
    });
  }

  /** Looks after the process no more. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#look);
    this.#cancelRetry();
  }

  #watch(): void {
    this.#look ??= setInterval(() => this.#check(), lookMs).unref();
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    return this.#turns.take(async () => {
      this.#busy = true;
      await task().finally(() => {
        this.#busy = false;
      });
    });
  }

  async #takeUp(command: DetachedCommand): Promise<void> {
    const found = readState<PidFile>(this.#pidFile);
    this.#process = found?.process;
    if (this.pid !== undefined && isDeepStrictEqual(found?.command, command)) return;
    this.#process = undefined;
    await this.#endAll();
    if (this.#closed) return;
    const child = this.#spawn(command);
    this.#startedAtMs = performance.now();
    child.once('error', (error) => this.#ended(child, `cannot be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      this.#ended(child, code === null ? `was ended by ${signal}` : `ended with code ${code}`),
    );
    child.unref();
    this.#process = child.pid === undefined ? undefined : identifyProcess(child.pid);
    if (this.#process) writeState(this.#pidFile, { process: this.#process, command } satisfies PidFile);
  }

  #spawn({ program, args, cwd, umask }: DetachedCommand): ChildProcess {
    mkdirSync(dirname(this.#options.path), { recursive: true, mode: 0o700 });
    const log = this.#log.open(new Date());
    const before = umask === undefined ? undefined : process.umask(umask);
    try {
      const env = { ...process.env, [detachedVariable]: this.#options.path };
      return this.#options.within(() =>
        spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log, log] }),
      );
    } finally {
      if (before !== undefined) process.umask(before);
      closeSync(log);
    }
  }

  /** Ends the process, children that it left behind, and one whose start was never noted down. */
  async #endAll(): Promise<void> {
    if (!existsSync(this.#log.path)) return; // the log is there before the first process
    const noted = readState<PidFile>(this.#pidFile)?.process;
    await endProcesses(() => {
      const marked = processesWithEnvironment(`${detachedVariable}=${this.#options.path}`);
      return noted && isAlive(noted) ? [...new Set([...marked, noted.pid])] : marked;
    });
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#process && child.pid !== this.#process.pid) return; // it was replaced
    this.#lastEnd = how;
    this.#check();
  }

  #check(): void {
    if (this.#closed || this.#busy || this.#retry || !this.#wanted) return;
    this.#log.trim();
    if (performance.now() - this.#startedAtMs >= steadyMs) this.#failures = 0;
    if (this.pid === undefined && this.#options.restarts !== 'by-owner') this.#retryLater();
  }

  #retryLater(): void {
    const jitter = 0.5 + this.#options.random() / 2;
    const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures++) * jitter;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      const again = this.#inTurn(async () => {
        if (this.#wanted && this.pid === undefined) await this.#takeUp(this.#wanted);
      });
      again.catch((error: Error) => {
        this.#lastEnd = `cannot be started: ${error.message}`;
      });
    }, waitMs).unref();
  }

  #cancelRetry(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }
}

/** Whether a process has a handler for the signal. */
function catches(pid: number, signal: number): boolean {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'latin1')) ?? '';
  const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((caught >> BigInt(signal - 1)) & 1n) === 1n;
}
