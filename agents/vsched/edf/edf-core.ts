import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from '../../turns.js';
import type { Wish } from '../area-layout.js';
import { type CoreAccount, type CoreAnswer, CoreArea, tasksPerCore } from './core-area.js';

export interface EdfCoreOptions {
  program: string;
  cpu: number;
  reservedPpm: number;
  areaPath: string;
}

/** For the core of an agent that has just ended, to end too. */
const startTries = 20;
const betweenTriesMs = 50;
const answerMs = 5000;
const lookMs = 1;
/** Until a core that has nothing to schedule is ended: it would wake some ninety times a second. */
const idleMs = 1000;
/** Until a core that failed is started again. */
const reviveMs = 1000;
const mostText = 1000;

/** The core of one processor, and what it is to schedule. When it fails, it is started again with the same wishes. */
export class EdfCore {
  readonly #options: EdfCoreOptions;
  readonly #wishes: (Wish | undefined)[] = Array.from({ length: tasksPerCore }, () => undefined);
  #process: ChildProcess | undefined;
  #area: CoreArea | undefined;
  #text = '';
  #trouble: string | undefined;
  #revival: NodeJS.Timeout | undefined;
  #rest: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #turns = new Turns();

  constructor(options: EdfCoreOptions) {
    this.#options = options;
  }

  /** Why nothing is scheduled at the moment; undefined while the core runs. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Wishes for a schedule at an index, in place of the one before. Gives the answer, or why there is none; all but `held` change nothing. */
  want(task: number, wish: Wish): Promise<CoreAnswer | string> {
    return this.#turns.take(async () => {
      const before = this.#wishes[task];
      this.#wishes[task] = wish;
      const outcome = (await this.#start()) ?? (await this.#tell()) ?? this.#area?.answer(task) ?? this.#lost();
      if (typeof outcome === 'string' || outcome.answer !== 'held') this.#wishes[task] = before;
      this.#restLater();
      return outcome;
    });
  }

  /** Returns the process at an index. Undefined: done, as a core that does not run has done already. */
  forget(task: number): Promise<string | undefined> {
    return this.#turns.take(async () => {
      this.#wishes[task] = undefined;
      const trouble = this.#process && (await this.#tell());
      this.#restLater();
      return this.#process && trouble;
    });
  }

  /** Of the last request. */
  answer(task: number): CoreAnswer | undefined {
    return this.#area?.answer(task);
  }

  account(task: number): CoreAccount | undefined {
    return this.#area?.account(task);
  }

  get overhead(): CoreArea['overhead'] | undefined {
    return this.#area?.overhead;
  }

  /** Ends the core, which returns all processes. */
  close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#revival);
    clearTimeout(this.#rest);
    return this.#turns.take(async () => {
      await this.#end();
      this.#area?.close();
      this.#area = undefined;
    });
  }

  /** Starts the core if it does not run. Undefined: it runs. */
  async #start(): Promise<string | undefined> {
    if (this.#process) return undefined;
    if (this.#isClosed) return this.#lost();
    clearTimeout(this.#revival);
    this.#revival = undefined;
    for (let count = 0; count < startTries; count++) {
      if (await this.#spawn()) {
        this.#trouble = undefined;
        return undefined;
      }
      if (!this.#text.includes('another core has it')) break;
      await sleep(betweenTriesMs);
    }
    this.#trouble = this.#lost();
    this.#reviveLater();
    return this.#trouble;
  }

  /** Whether it came so far that it is ready. */
  async #spawn(): Promise<boolean> {
    const { program, cpu, reservedPpm, areaPath } = this.#options;
    const args = ['run', '--cpu', String(cpu), '--reserve-ppm', String(reservedPpm), '--area', areaPath];
    this.#text = '';
    const core = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    core.stderr.on('data', (text: Buffer) => {
      this.#text = (this.#text + text.toString()).slice(-mostText);
    });
    core.stdin.on('error', () => undefined); // that it has ended is told by its exit
    const ended = new Promise<false>((resolve) => {
      core.once('error', (error) => {
        this.#text = error.message;
        resolve(false);
      });
      core.once('close', () => resolve(false));
    });
    const isReady = await Promise.race([once(core.stdout, 'data').then(() => true), ended]);
    if (!isReady) return false;
    this.#area?.close();
    this.#area = new CoreArea(areaPath);
    this.#process = core;
    void ended.then(() => this.#ended(core));
    return true;
  }

  #ended(core: ChildProcess): void {
    if (this.#process !== core) return; // it was to end
    this.#process = undefined;
    this.#trouble = this.#lost();
    this.#reviveLater();
  }

  #reviveLater(): void {
    if (this.#isClosed || this.#revival) return;
    this.#revival = setTimeout(() => {
      this.#revival = undefined;
      void this.#turns.take(async () => {
        if (this.#wishes.some((wish) => wish)) await ((await this.#start()) ?? this.#tell());
      });
    }, reviveMs).unref();
  }

  #restLater(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      void this.#turns.take(async () => {
        if (!this.#wishes.some((wish) => wish)) await this.#end();
      });
    }, idleMs).unref();
  }

  /** Undefined: what is wanted has been answered. */
  async #tell(): Promise<string | undefined> {
    const area = this.#area;
    if (area === undefined) return this.#lost();
    const number = area.want(this.#wishes);
    this.#process?.stdin?.write('.');
    for (const endMs = performance.now() + answerMs; performance.now() < endMs; ) {
      if (area.applied === number) return undefined;
      if (!this.#process) return this.#lost();
      await sleep(lookMs);
    }
    return `the core of processor ${this.#options.cpu} does not answer: is that processor overloaded?`;
  }

  async #end(): Promise<void> {
    const core = this.#process;
    this.#process = undefined;
    if (core === undefined || core.exitCode !== null || core.signalCode !== null) return;
    const closed = once(core, 'close');
    core.stdin?.end();
    await closed;
  }

  #lost(): string {
    const said = this.#text.trim();
    return `the core of processor ${this.#options.cpu} does not run${said === '' ? '' : `: ${said}`}`;
  }
}
